"""Laplacian eigenvectors and eigenvalues: the sine waves of a graph and their frequencies."""

import numpy as np

from keras_gt.graph.validation import check_count

DENSE_NODES = 500  # above, a few eigenvectors are cheaper than all


def laplacian_eigenvectors(graph, k, include_trivial=False):
    """The k smoothest eigenvectors of the symmetric normalised Laplacian.

    L = I - D^-1/2 A D^-1/2, with A the 0/1 adjacency (repeated edges count once, weights are not
    used) and D its degrees; an isolated node has the row of I. Eigenvectors are ordered by
    eigenvalue and the first, which is trivial, is left out. A graph with too few nodes gets zeros
    in the missing columns, so that one node alone has zeros throughout. A graph of several parts
    has a trivial eigenvector for each; only one of them is left out.

    An eigenvector is only defined up to its sign: here the entry of largest magnitude is positive
    (the first such entry), and models flip signs at random in training. Where an eigenvalue
    repeats, any rotation of its eigenvectors is as right, so they may differ between machines:
    store the encodings with the inputs when outputs must be repeated exactly.

    Args:
        graph: a symmetric `Graph`.
        k: int, number of eigenvectors, at least 1.
        include_trivial: bool, whether the first eigenvector is among the k.

    Returns:
        (N, k) float32 array, each column of length 1 (or zero).

    Raises:
        ValueError: if the graph is directed or `k` is no integer of at least 1.

    Example:

    >>> from keras_gt.graph import Graph, encodings
    >>> pair = Graph(2, [0, 1], [1, 0])
    >>> encodings.laplacian_eigenvectors(pair, k=2).round(3).tolist()
    [[0.707, 0.0], [-0.707, 0.0]]

    Reference:
        Dwivedi and Bresson, 2021, https://arxiv.org/abs/2012.09699, section 2.2, equation 1.
    """
    _, vectors = _spectrum(graph, k, include_trivial)
    padded = np.zeros((graph.num_nodes, k), np.float32)
    padded[:, : vectors.shape[1]] = _with_fixed_signs(vectors)
    return padded


def laplacian_eigenvalues(graph, k, include_trivial=False):
    """The eigenvalue of each column of `laplacian_eigenvectors`, the same in every row.

    Eigenvalues lie in 0..2; 0 belongs to a vector that is constant on a part of the graph up to
    the square roots of the degrees, 1 to an isolated node. -1 stands in the columns that a graph
    with too few nodes lacks, so that a model can tell them from any eigenvalue.

    Args:
        graph: a symmetric `Graph`.
        k: int, number of eigenvalues, at least 1.
        include_trivial: bool, whether the first eigenvalue is among the k.

    Returns:
        (N, k) float32 array with equal rows, ascending up to the missing columns.

    Raises:
        ValueError: if the graph is directed or `k` is no integer of at least 1.

    Example:

    >>> from keras_gt.graph import Graph, encodings
    >>> pair = Graph(2, [0, 1], [1, 0])
    >>> encodings.laplacian_eigenvalues(pair, k=3, include_trivial=True).tolist()
    [[0.0, 2.0, -1.0], [0.0, 2.0, -1.0]]

    Reference:
        Kreuzer et al., Rethinking Graph Transformers with Spectral Attention, 2021,
        https://arxiv.org/abs/2106.03893, section 3.
    """
    values, _ = _spectrum(graph, k, include_trivial)
    padded = np.full((graph.num_nodes, k), -1, np.float32)
    padded[:, : values.size] = np.clip(values, 0, 2)
    return padded


def _spectrum(graph, k, include_trivial):
    """The k smallest eigenvalues (m,) and their eigenvectors (N, m), m <= k of them."""
    check_count("k", k)
    if not graph.is_symmetric():
        raise ValueError(
            "graph must be symmetric, because a directed graph has no real Laplacian eigenvectors. "
            f"Call symmetrise(graph) first. Received: graph={graph!r}"
        )
    first = 0 if include_trivial else 1
    if graph.num_nodes <= DENSE_NODES or graph.num_nodes <= k + 2:
        values, vectors = _dense_spectrum(graph)
    else:
        values, vectors = _sparse_spectrum(graph, first + k)
    return values[first : first + k], vectors[:, first : first + k]


def _dense_spectrum(graph):
    from scipy.linalg import eigh

    adjacency = np.zeros((graph.num_nodes, graph.num_nodes))
    adjacency[graph.receivers, graph.senders] = 1
    scale = 1 / np.sqrt(np.maximum(adjacency.sum(axis=1), 1))
    laplacian = np.eye(graph.num_nodes) - scale[:, None] * adjacency * scale
    # NumPy's, the same algorithm, takes 16 ms for 30 nodes where its threads share busy cores.
    return eigh(laplacian, driver="evd", overwrite_a=True, check_finite=False)


def _sparse_spectrum(graph, count):
    from scipy.sparse import csr_matrix, diags
    from scipy.sparse.linalg import eigsh

    shape = (graph.num_nodes, graph.num_nodes)
    ones = np.ones(graph.num_edges)
    adjacency = csr_matrix((ones, (graph.receivers, graph.senders)), shape=shape)
    adjacency.data[:] = 1
    scale = diags(1 / np.sqrt(np.maximum(np.asarray(adjacency.sum(axis=1)).ravel(), 1)))
    # The largest eigenvalues of I - L converge without a factorisation.
    start = np.random.default_rng(0).standard_normal(graph.num_nodes)
    values, vectors = eigsh(scale @ adjacency @ scale, k=count, which="LA", v0=start)
    order = np.argsort(-values, kind="stable")
    return 1 - values[order], vectors[:, order]


def _with_fixed_signs(vectors):
    magnitude = np.abs(vectors)
    # Entries of equal magnitude differ by rounding, so the first that is nearly largest counts.
    first = np.argmax(magnitude >= magnitude.max(axis=0) - 1e-6, axis=0)
    signs = np.sign(vectors[first, np.arange(vectors.shape[1])])
    return vectors * np.where(signs == 0, 1, signs)
