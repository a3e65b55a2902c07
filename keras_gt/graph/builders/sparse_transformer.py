"""The causal edges of the Sparse Transformer: about n sqrt(n) where blocks are sqrt(n) long.

Both are unions of the two sets that the paper gives to a pair of heads, so that any place reads any
earlier one in two steps. Edges are sorted by receiver, then by sender.
"""

import numpy as np

from keras_gt.graph.builders.by_receiver import check_at_least, places


def strided(num_nodes, stride):
    """Everyone reads the `stride` places up to itself, and every stride-th one before.

    Node i reads {j : 0 <= i - j < l} and {j : j <= i, (i - j) mod l = 0}, where l is the stride.
    It suits data with a period, such as the pixels of images whose rows have that length. With
    l near sqrt(n) there are about 1.5 n sqrt(n) edges.

    Args:
        num_nodes: int n, at least 1.
        stride: int l, at least 1; with 1, and with n or more, the edges are those of `causal`.

    Returns:
        Pair of int32 arrays, senders and receivers.

    Raises:
        ValueError: if an argument is less than 1.

    Example:

    >>> from keras_gt.graph import builders
    >>> senders, receivers = builders.strided(8, stride=3)
    >>> senders[receivers == 7].tolist()
    [1, 4, 5, 6, 7]

    Reference:
        Child et al., Generating Long Sequences with Sparse Transformers, 2019,
        https://arxiv.org/abs/1904.10509, section 4.3.
    """
    check_at_least("num_nodes", num_nodes, 1)
    check_at_least("stride", stride, 1)
    nodes = np.arange(num_nodes)
    far = nodes // stride  # senders more than a stride away
    receivers, place = places(far + np.minimum(nodes + 1, stride))
    distant = (nodes % stride)[receivers] + stride * place
    near = (np.maximum(nodes - stride + 1, 0) - far)[receivers] + place
    senders = np.minimum(distant, near)  # which is the distant one for the first `far` places
    return senders.astype(np.int32), receivers.astype(np.int32)


def fixed(num_nodes, block, summary=1):
    """Everyone reads its own block up to itself, and the last places of each block before.

    With l the block's length and c the summary, node i reads {j : j <= i, j div l = i div l} and
    {j : j <= i, j mod l >= l - c}: the last c places of a block pass on what is in it. It suits
    text, where a stride means nothing.

    Args:
        num_nodes: int n, at least 1.
        block: int l, places in a block, at least 1.
        summary: int c, places of each block that later blocks read, between 1 and l; the paper
            takes 8, 16 or 32 for blocks of 128 or 256.

    Returns:
        Pair of int32 arrays, senders and receivers.

    Raises:
        ValueError: if an argument is out of range.

    Example:

    >>> from keras_gt.graph import builders
    >>> senders, receivers = builders.fixed(8, block=3)
    >>> senders[receivers == 7].tolist()
    [2, 5, 6, 7]

    Reference:
        Child et al., Generating Long Sequences with Sparse Transformers, 2019,
        https://arxiv.org/abs/1904.10509, section 4.3.
    """
    check_at_least("num_nodes", num_nodes, 1)
    check_at_least("block", block, 1)
    if not 1 <= summary <= block:
        raise ValueError(
            "summary must be between 1 and block. Use causal for edges to everything before. "
            f"Received: summary={summary}, block={block}"
        )
    nodes = np.arange(num_nodes)
    far = nodes // block * summary  # senders in the blocks before
    receivers, place = places(far + nodes % block + 1)
    summaries = nodes[nodes % block >= block - summary]
    senders = (nodes - nodes % block - far)[receivers] + place  # in the own block
    distant = place < far[receivers]
    senders[distant] = summaries[place[distant]]
    return senders.astype(np.int32), receivers.astype(np.int32)
