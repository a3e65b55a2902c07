"""Edges between the places of a sequence. All are sorted by receiver, then by sender.

Every node reads itself, as in a Transformer. The number of edges is what attention costs:
n^2 for `complete`, about n^2 / 2 for `causal`, about 2 n size for `window`.
"""

import numpy as np

from keras_gt.graph.builders.by_receiver import check_at_least, intervals


def complete(num_nodes):
    """Everyone reads everyone: the Transformer encoder.

    Args:
        num_nodes: int n, at least 1.

    Returns:
        Pair of (n^2,) int32 arrays, senders and receivers.

    Raises:
        ValueError: if `num_nodes` is less than 1.

    Example:

    >>> from keras_gt.graph import builders
    >>> senders, receivers = builders.complete(2)
    >>> senders.tolist(), receivers.tolist()
    ([0, 1, 0, 1], [0, 0, 1, 1])
    """
    check_at_least("num_nodes", num_nodes, 1)
    nodes = np.arange(num_nodes, dtype=np.int32)
    return np.tile(nodes, num_nodes), np.repeat(nodes, num_nodes)


def causal(num_nodes):
    """Everyone reads itself and what came before: the Transformer decoder.

    Args:
        num_nodes: int n, at least 1.

    Returns:
        Pair of (n (n + 1) / 2,) int32 arrays, senders and receivers.

    Raises:
        ValueError: if `num_nodes` is less than 1.

    Example:

    >>> from keras_gt.graph import builders
    >>> senders, receivers = builders.causal(3)
    >>> senders.tolist(), receivers.tolist()
    ([0, 0, 1, 0, 1, 2], [0, 1, 1, 2, 2, 2])
    """
    check_at_least("num_nodes", num_nodes, 1)
    nodes = np.arange(num_nodes)
    return intervals(np.zeros_like(nodes), nodes)


def causal_memory(num_nodes, num_memory, span=None):
    """Everyone reads a memory of what came before the segment, itself and what came before in it.

    A long sequence can be read segment by segment: the memory nodes are the last `num_memory`
    places before the segment, with the features that they had at the same layer. They are sources
    and read nobody, so the edges are those of a bipartite graph whose senders are the memory,
    0..m-1, and then the segment, m..m+n-1. In a layer

        everyone = ops.concatenate([ops.stop_gradient(memory), node_features], axis=1)
        layer(node_features, edges, sender_features=everyone)

    where the gradient is stopped, as in Transformer-XL. The results are those of one long pass if
    the memory holds all places before, or at least span - 1 of them; gradients end at the segment.

    Args:
        num_nodes: int n, places in the segment, at least 1.
        num_memory: int m, places remembered, at least 0.
        span: int, how many places one reads at most, itself included; None for no limit.

    Returns:
        Pair of int32 arrays, senders and receivers.

    Raises:
        ValueError: if an argument is out of range.

    Example:

    >>> from keras_gt.graph import builders
    >>> senders, receivers = builders.causal_memory(2, num_memory=2, span=3)
    >>> senders.tolist(), receivers.tolist()
    ([0, 1, 2, 1, 2, 3], [0, 0, 0, 1, 1, 1])

    Reference:
        Dai et al., Transformer-XL: Attentive Language Models Beyond a Fixed-Length Context, 2019,
        https://arxiv.org/abs/1901.02860, section 3.2.
    """
    check_at_least("num_nodes", num_nodes, 1)
    check_at_least("num_memory", num_memory, 0)
    places = np.arange(num_nodes) + num_memory  # of the receivers among the senders
    first = np.zeros_like(places)
    if span is not None:
        check_at_least("span", span, 1)
        first = np.maximum(places - span + 1, 0)
    return intervals(first, places)


def window(num_nodes, size):
    """Everyone reads the places at most `size` away: local attention.

    Args:
        num_nodes: int n, at least 1.
        size: int, places to either side, at least 0.

    Returns:
        Pair of int32 arrays, senders and receivers.

    Raises:
        ValueError: if `num_nodes` is less than 1 or `size` less than 0.

    Example:

    >>> from keras_gt.graph import builders
    >>> senders, receivers = builders.window(3, size=1)
    >>> senders.tolist(), receivers.tolist()
    ([0, 1, 0, 1, 2, 1, 2], [0, 0, 1, 1, 1, 2, 2])
    """
    check_at_least("num_nodes", num_nodes, 1)
    check_at_least("size", size, 0)
    nodes = np.arange(num_nodes)
    return intervals(np.maximum(nodes - size, 0), np.minimum(nodes + size, num_nodes - 1))


def window_hub(num_nodes, size, hubs=1):
    """A window, and hub nodes that read and are read by everyone: Star-Transformer, Longformer.

    Two places are then at most two steps apart, at a cost linear in `num_nodes`.

    Args:
        num_nodes: int n, hubs included.
        size: int, places to either side that the other nodes read, at least 0.
        hubs: int, how many of the first nodes are hubs, between 1 and n.

    Returns:
        Pair of int32 arrays, senders and receivers.

    Raises:
        ValueError: if an argument is out of range.

    Example:

    >>> from keras_gt.graph import builders
    >>> senders, receivers = builders.window_hub(4, size=0)
    >>> senders.tolist(), receivers.tolist()
    ([0, 1, 2, 3, 0, 1, 0, 2, 0, 3], [0, 0, 0, 0, 1, 1, 2, 2, 3, 3])

    Reference:
        Guo et al., 2019, https://arxiv.org/abs/1902.09113; Beltagy et al., 2020,
        https://arxiv.org/abs/2004.05150, section 3.1.
    """
    check_at_least("num_nodes", num_nodes, 1)
    check_at_least("size", size, 0)
    if not 1 <= hubs <= num_nodes:
        raise ValueError(
            "hubs must be between 1 and num_nodes. Use window for a graph without hubs. "
            f"Received: hubs={hubs}, num_nodes={num_nodes}"
        )
    nodes = np.arange(num_nodes)
    is_hub = nodes < hubs
    low = np.where(is_hub, hubs, np.maximum(nodes - size, hubs))
    high = np.where(is_hub, num_nodes - 1, np.minimum(nodes + size, num_nodes - 1))
    local_senders, local_receivers = intervals(low, high)
    senders = np.concatenate([np.tile(nodes[:hubs].astype(np.int32), num_nodes), local_senders])
    receivers = np.concatenate([np.repeat(nodes.astype(np.int32), hubs), local_receivers])
    order = np.argsort(receivers, kind="stable")
    return senders[order], receivers[order]
