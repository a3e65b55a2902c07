"""Random-walk return probabilities."""

import numpy as np

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
        ValueError: if `steps` is less than 1.

    Example:

    >>> from keras_gt.graph import Graph, encodings
    >>> pair = Graph(2, [0, 1], [1, 0])
    >>> encodings.random_walk_probabilities(pair, steps=3).tolist()
    [[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]]

    Reference:
        Dwivedi et al., 2022, https://arxiv.org/abs/2110.07875, section 3.2.
    """
    if steps < 1:
        raise ValueError(f"steps must be at least 1. Received: steps={steps}")
    num_nodes = graph.num_nodes
    out_degree = np.bincount(graph.senders, minlength=num_nodes)
    chance = 1 / out_degree[graph.senders]  # (E,)
    if num_nodes <= DENSE_NODES:
        walk = np.zeros((num_nodes, num_nodes))
        np.add.at(walk, (graph.senders, graph.receivers), chance)
        return _returns(walk, np.eye(num_nodes), np.arange(num_nodes), steps).astype(np.float32)

    from scipy.sparse import csr_matrix

    walk = csr_matrix((chance, (graph.senders, graph.receivers)), shape=(num_nodes, num_nodes))
    probabilities = np.empty((num_nodes, steps), np.float32)
    for start in range(0, num_nodes, BLOCK):
        nodes = np.arange(start, min(start + BLOCK, num_nodes))
        ends = np.zeros((num_nodes, nodes.size))
        ends[nodes, np.arange(nodes.size)] = 1
        probabilities[nodes] = _returns(walk, ends, nodes, steps)
    return probabilities


def _returns(walk, ends, nodes, steps):
    """Diagonal entries of the powers of `walk` at the nodes: (nodes, steps)."""
    found = np.empty((nodes.size, steps))
    for step in range(steps):
        ends = walk @ ends  # (N, nodes): chance to reach each end after one step more
        found[:, step] = ends[nodes, np.arange(nodes.size)]
    return found
