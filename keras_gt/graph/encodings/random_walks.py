"""Random walks: the chance to be back, and the chance to be at each other node."""

import numpy as np

from keras_gt.graph.validation import check_count

DENSE_NODES = 500
BLOCK = 256  # start nodes walked at once in a large graph


def random_walk_probabilities(graph, steps):
    """Probability that a random walk is back at its node after 1, 2, ..., `steps` steps.

    p_t(i) = (P^t)_ii with P = D^-1 A: from a node the walk takes one of its outgoing edges with
    equal probability. Repeated edges count as often as they are stored, weights are not used. A
    node without outgoing edges ends the walk.

    Unlike Laplacian eigenvectors these have no sign and no rotation, and tell apart nodes by the
    cycles they lie on.

    Args:
        graph: a `Graph`, directed or not.
        steps: int, number of steps, at least 1.

    Returns:
        (N, steps) float32 array with values in 0..1.

    Raises:
        ValueError: if `steps` is no integer of at least 1.

    Example:

    >>> from keras_gt.graph import Graph, encodings
    >>> pair = Graph(2, [0, 1], [1, 0])
    >>> encodings.random_walk_probabilities(pair, steps=3).tolist()
    [[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]]

    Reference:
        Dwivedi et al., 2022, https://arxiv.org/abs/2110.07875, section 3.2.
    """
    check_count("steps", steps)
    num_nodes = graph.num_nodes
    walk = _walk_matrix(graph)
    if num_nodes <= DENSE_NODES:
        return _returns(walk, np.eye(num_nodes), np.arange(num_nodes), steps).astype(np.float32)
    probabilities = np.empty((num_nodes, steps), np.float32)
    for start in range(0, num_nodes, BLOCK):
        nodes = np.arange(start, min(start + BLOCK, num_nodes))
        ends = np.zeros((num_nodes, nodes.size))
        ends[nodes, np.arange(nodes.size)] = 1
        probabilities[nodes] = _returns(walk, ends, nodes, steps)
    return probabilities


def random_walk_pairs(graph, steps):
    """Probability that a random walk from one node is at another after 0, 1, 2, ... steps.

    p_t(i, j) = (P^t)_ij with P = D^-1 A, as in `random_walk_probabilities`, for t = 0, 1, ...,
    steps - 1: the first matrix is the identity. The paper calls it relative random walk
    probabilities (RRWP). Nodes that no walk joins have 0 throughout, and a node without outgoing
    edges has only its own 1 at t = 0, so a graph of one node gives [1, 0, ..., 0].

    The table has N^2 steps entries: it is meant for small graphs. Entry [i, j] is about the walk
    from receiver i to sender j, as the paper writes it; the authors' code reads its transpose,
    which in an undirected graph differs by the ratio of the two degrees.

    Args:
        graph: a `Graph`, directed or not.
        steps: int, number of matrices, at least 1.

    Returns:
        (N, N, steps) float32 array with values in 0..1.

    Raises:
        ValueError: if `steps` is no integer of at least 1.

    Example:

    >>> from keras_gt.graph import Graph, encodings
    >>> pair = Graph(2, [0, 1], [1, 0])
    >>> encodings.random_walk_pairs(pair, steps=3)[0].tolist()
    [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]

    Reference:
        Ma et al., Graph Inductive Biases in Transformers without Message Passing, 2023,
        https://arxiv.org/abs/2305.17589, section 3.1.
    """
    check_count("steps", steps)
    walk, reached = _walk_matrix(graph), np.eye(graph.num_nodes)
    pairs = np.empty((graph.num_nodes, graph.num_nodes, steps), np.float32)
    for step in range(steps):
        pairs[:, :, step] = reached
        reached = walk @ reached
    return pairs


def _walk_matrix(graph):
    """P = D^-1 A: (N, N) array, sparse for a large graph."""
    num_nodes = graph.num_nodes
    out_degree = np.bincount(graph.senders, minlength=num_nodes)
    chance = 1 / out_degree[graph.senders]  # (E,)
    if num_nodes <= DENSE_NODES:
        pairs = graph.senders.astype(np.int64) * num_nodes + graph.receivers
        walk = np.bincount(pairs, chance, minlength=num_nodes**2)
        return walk.reshape(num_nodes, num_nodes)

    from scipy.sparse import csr_matrix

    return csr_matrix((chance, (graph.senders, graph.receivers)), shape=(num_nodes, num_nodes))


def _returns(walk, ends, nodes, steps):
    """Diagonal entries of the powers of `walk` at the nodes: (nodes, steps)."""
    found = np.empty((nodes.size, steps))
    for step in range(steps):
        ends = walk @ ends  # (N, nodes): chance to reach each end after one step more
        found[:, step] = ends[nodes, np.arange(nodes.size)]
    return found
