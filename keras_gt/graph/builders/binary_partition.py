"""Edges over a binary tree of spans: the BP-Transformer."""

import numpy as np

from keras_gt.graph.builders.by_receiver import check_at_least


def binary_partition_spans(num_nodes):
    """The nodes of the binary partition: the places of the sequence, then the spans above them.

    Level 0 holds the n places; level d + 1 joins the nodes of level d two by two, and the last one
    alone where their number is odd; the last node is the root.

    Args:
        num_nodes: int n, at least 1.

    Returns:
        Triple of int32 arrays, one entry a node: its level, the first and the last place of its
        span.

    Raises:
        ValueError: if `num_nodes` is less than 1.

    Example:

    >>> from keras_gt.graph import builders
    >>> levels, first, last = builders.binary_partition_spans(3)
    >>> list(zip(levels.tolist(), first.tolist(), last.tolist()))
    [(0, 0, 0), (0, 1, 1), (0, 2, 2), (1, 0, 1), (1, 2, 2), (2, 0, 2)]

    Reference:
        Ye et al., BP-Transformer: Modelling Long-Range Context via Binary Partitioning, 2019,
        https://arxiv.org/abs/1911.04070, section 3.
    """
    sizes = _level_sizes(num_nodes)
    levels = np.repeat(np.arange(sizes.size), sizes)
    index = np.arange(levels.size) - (np.cumsum(sizes) - sizes)[levels]
    first = index << levels
    last = np.minimum(first + (1 << levels), num_nodes) - 1
    return tuple(values.astype(np.int32) for values in (levels, first, last))


def binary_partition(num_nodes, k, causal=False):
    """Each place reads k spans to either side on every scale; each span reads its places.

    A place reads its k neighbours to the right, then, from where those end, k spans of two
    places, k of four, and so on, and the same to the left: the further away, the coarser. Where
    a span of the next scale would begin with what was read already, its other half is read in its
    stead. Spans read all places within, so any two places are two steps apart, at a cost of about
    (2 k + 1) n log2(n / k) edges.

    The edge types are 0 for a place that reads itself, (2 k + 1) d for a span of level d that
    reads a place of its own, and (2 k + 1) d + 2 s - 1 to the left and (2 k + 1) d + 2 s to the
    right for the s-th span of level d. They hold the relative positions that the paper learns an
    embedding for.

    The edges are those of the authors' code. Where a level ends in a span without a second half,
    and that half is what a place would read on its right, the code reads the node with the next
    number, the first of the level above; such an edge may then be there twice, with two types.
    Causal edges have no right, and where n is a power of two all spans have both halves. The
    authors' option to count levels of 10 and above as one is left out.

    Args:
        num_nodes: int n, places of the sequence, at least 1.
        k: int, spans to either side on each level, at least 1.
        causal: bool, whether places read to the left only.

    Returns:
        Triple of (E,) int32 arrays, senders, receivers and edge types, sorted by receiver, sender
        and type. Nodes are numbered as in `binary_partition_spans`, places first.

    Raises:
        ValueError: if a number is less than 1.

    Example:

    >>> from keras_gt.graph import builders
    >>> senders, receivers, edge_types = builders.binary_partition(2, k=1)
    >>> list(zip(senders.tolist(), receivers.tolist(), edge_types.tolist()))
    [(0, 0, 0), (1, 0, 2), (0, 1, 1), (1, 1, 0), (0, 2, 3), (1, 2, 3)]

    Reference:
        Ye et al., BP-Transformer: Modelling Long-Range Context via Binary Partitioning, 2019,
        https://arxiv.org/abs/1911.04070, section 3, and https://github.com/yzh119/BPT.
    """
    check_at_least("k", k, 1)
    sizes = _level_sizes(num_nodes)
    starts = np.cumsum(sizes) - sizes  # the first node of each level
    leaves = np.arange(num_nodes)
    edges = []  # (senders, receivers, types)
    for level, start in enumerate(starts):
        base = (2 * k + 1) * level
        edges.append((leaves, start + (leaves >> level), np.full(num_nodes, base)))
    for side in (-1,) if causal else (-1, 1):
        edges += _read_spans(leaves, k, side, starts, sizes)
    senders, receivers, types = (np.concatenate(parts) for parts in zip(*edges, strict=True))
    order = np.lexsort((types, senders, receivers))
    return tuple(values[order].astype(np.int32) for values in (senders, receivers, types))


def _read_spans(leaves, k, side, starts, sizes):
    """What every place reads on one side, -1 the left and 1 the right: level by level, k spans."""
    following = leaves + side  # the index, among the nodes of a level, of the next to be read
    half = np.zeros(leaves.size, bool)  # whether that shares its parent with what was read
    for level, start in enumerate(starts):
        below, split = following, half
        if level:
            following = below >> 1
        for step in range(k):
            index = following + side * step
            exists = (index >= 0) & (index < sizes[level])
            senders = start + index
            if step == 0 and level:
                senders = np.where(split, starts[level - 1] + below, senders)
            kind = (2 * k + 1) * level + 2 * step + (2 if side > 0 else 1)
            yield senders[exists], leaves[exists], np.full(exists.sum(), kind)
        following = following + side * k
        half = following % 2 == (side > 0)


def _level_sizes(num_nodes):
    """How many nodes each level has, from the places to the root."""
    check_at_least("num_nodes", num_nodes, 1)
    sizes = [num_nodes]
    while sizes[-1] > 1:
        sizes.append((sizes[-1] + 1) // 2)
    return np.array(sizes)
