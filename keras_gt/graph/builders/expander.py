"""Edges of a random regular graph, in which everybody is few steps from everybody."""

import numpy as np


def expander(num_nodes, degree, seed=0):
    """Each node reads `degree` others: a union of degree / 2 random Hamiltonian cycles.

    Such a graph is connected, and with high probability an expander: the second largest absolute
    eigenvalue of its adjacency is little more than 2 sqrt(degree - 1), the least that large
    regular graphs can have (Friedman, 2008). Random walks forget their start within O(log n)
    steps, so a stack of layers over n degree edges stands in for one over all n^2 pairs. A cycle
    that would repeat an edge is mended by reversing a stretch of it: no edge is stored twice.

    With fewer than 2 degree nodes the edges are those of the complete graph without self-loops:
    hardly more, and a further cycle is sure to exist only from there on. The authors take the
    complete graph up to 10 nodes, keep repeated edges, and draw anew until the eigenvalue is
    below a bound.

    Args:
        num_nodes: int n, at least 1.
        degree: int, neighbours of a node; even, at least 4.
        seed: int; the same seed gives the same edges.

    Returns:
        Pair of (n degree,) int32 arrays, senders and receivers, sorted by receiver, then by
        sender; each edge is stored in both directions, and there are no self-loops.

    Raises:
        ValueError: if an argument is out of range.

    Example:

    >>> from keras_gt.graph import expander
    >>> senders, receivers = expander(11, degree=4)
    >>> senders.size, sorted(set(zip(senders.tolist(), receivers.tolist())))[:2]
    (44, [(0, 2), (0, 3)])

    Reference:
        Shirzad et al., Exphormer: Sparse Transformers for Graphs, 2023,
        https://arxiv.org/abs/2303.06147, section 3.2 and appendix C. Friedman, A proof of Alon's
        second eigenvalue conjecture, 2008, https://arxiv.org/abs/cs/0405020.
    """
    if num_nodes < 1:
        raise ValueError(f"num_nodes must be at least 1. Received: num_nodes={num_nodes}")
    if degree < 4 or degree % 2:
        raise ValueError(
            "degree must be even and at least 4, because each cycle gives two neighbours and one "
            f"cycle alone does not expand. Received: degree={degree}"
        )
    nodes = np.arange(num_nodes)
    if num_nodes < 2 * degree:
        receivers, senders = np.nonzero(~np.eye(num_nodes, dtype=bool))
        return senders.astype(np.int32), receivers.astype(np.int32)
    rng = np.random.default_rng(seed)
    neighbours = nodes[:, None]  # (N, 1 + 2 cycles): itself, and whom the cycles so far give it
    for _ in range(degree // 2):
        cycle = _mended(rng.permutation(num_nodes), neighbours, rng)
        beside = np.empty((num_nodes, 2), nodes.dtype)
        beside[cycle] = np.stack([np.roll(cycle, 1), np.roll(cycle, -1)], axis=1)
        neighbours = np.concatenate([neighbours, beside], axis=1)
    senders = np.sort(neighbours[:, 1:], axis=1).ravel()
    return senders.astype(np.int32), np.repeat(nodes, degree).astype(np.int32)


def _mended(cycle, neighbours, rng):
    """The cycle without edges between neighbours.

    Between a and its neighbour b a gap is closed by reversing the stretch from b to some c, where
    a - c and b - d are new, d being after c. As n >= 2 degree, a and b have so few neighbours that
    such a c always exists (Palmer, 1997), and each reversal leaves at least one gap less.
    """
    while True:
        after = np.roll(cycle, -1)
        gaps = np.flatnonzero((neighbours[cycle] == after[:, None]).any(axis=1))
        if not gaps.size:
            return cycle
        cycle = np.roll(cycle, -gaps[0])  # a first, b second
        after = np.roll(cycle, -1)
        first, second = neighbours[cycle[0]], neighbours[cycle[1]]
        fits = ~np.isin(cycle, first) & ~np.isin(after, second)
        end = rng.choice(np.flatnonzero(fits))  # of c
        cycle[1 : end + 1] = cycle[1 : end + 1][::-1].copy()
