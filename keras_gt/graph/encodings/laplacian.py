"""Laplacian eigenvectors: the sine waves of a graph."""

import numpy as np

DENSE_NODES = 500  # above, a few eigenvectors are cheaper than all


def laplacian_eigenvectors(graph, k):
    """The k smoothest non-trivial eigenvectors of the symmetric normalised Laplacian.

    L = I - D^-1/2 A D^-1/2, with A the 0/1 adjacency (repeated edges count once, weights are not
    used) and D its degrees; an isolated node has the row of I. Eigenvectors are ordered by
    eigenvalue and the first, which is trivial, is left out. A graph with fewer than k + 1 nodes
    gets zeros in the missing columns.

    An eigenvector is only defined up to its sign: here the entry of largest magnitude is positive
    (the first such entry), and models flip signs at random in training. Where an eigenvalue
    repeats, any rotation of its eigenvectors is as right, so they may differ between machines:
    store the encodings with the inputs when outputs must be repeated exactly.

    Args:
        graph: a symmetric `Graph`.
        k: int, number of eigenvectors, at least 1.

    Returns:
        (N, k) float32 array, each column of length 1 (or zero).

    Raises:
        ValueError: if the graph is directed or `k` is less than 1.

    Example:

    >>> from keras_gt.graph import Graph, encodings
    >>> pair = Graph(2, [0, 1], [1, 0])
    >>> encodings.laplacian_eigenvectors(pair, k=2).round(3).tolist()
    [[0.707, 0.0], [-0.707, 0.0]]

    Reference:
        Dwivedi and Bresson, 2020, https://arxiv.org/abs/2012.09699, section 2.2.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1. Received: k={k}")
    if not graph.is_symmetric():
        raise ValueError(
            "graph must be symmetric, because a directed graph has no real Laplacian eigenvectors. "
            f"Call symmetrise(graph) first. Received: graph={graph!r}"
        )
    num_nodes = graph.num_nodes
    if num_nodes <= DENSE_NODES or num_nodes <= k + 2:
        vectors = _dense_eigenvectors(graph, k)
    else:
        vectors = _sparse_eigenvectors(graph, k)
    padded = np.zeros((num_nodes, k), np.float32)
    padded[:, : vectors.shape[1]] = _with_fixed_signs(vectors)
    return padded


def _dense_eigenvectors(graph, k):
    adjacency = np.zeros((graph.num_nodes, graph.num_nodes))
    adjacency[graph.receivers, graph.senders] = 1
    scale = 1 / np.sqrt(np.maximum(adjacency.sum(axis=1), 1))
    laplacian = np.eye(graph.num_nodes) - scale[:, None] * adjacency * scale
    return np.linalg.eigh(laplacian)[1][:, 1 : k + 1]


def _sparse_eigenvectors(graph, k):
    from scipy.sparse import csr_matrix, diags
    from scipy.sparse.linalg import eigsh

    shape = (graph.num_nodes, graph.num_nodes)
    ones = np.ones(graph.num_edges)
    adjacency = csr_matrix((ones, (graph.receivers, graph.senders)), shape=shape)
    adjacency.data[:] = 1
    scale = diags(1 / np.sqrt(np.maximum(np.asarray(adjacency.sum(axis=1)).ravel(), 1)))
    # The largest eigenvalues of I - L converge without a factorisation.
    start = np.random.default_rng(0).standard_normal(graph.num_nodes)
    values, vectors = eigsh(scale @ adjacency @ scale, k=k + 1, which="LA", v0=start)
    return vectors[:, np.argsort(-values, kind="stable")][:, 1:]


def _with_fixed_signs(vectors):
    magnitude = np.abs(vectors)
    # Entries of equal magnitude differ by rounding, so the first that is nearly largest counts.
    first = np.argmax(magnitude >= magnitude.max(axis=0) - 1e-6, axis=0)
    signs = np.sign(vectors[first, np.arange(vectors.shape[1])])
    return vectors * np.where(signs == 0, 1, signs)
