"""Graphs from and to SciPy sparse matrices."""

import numpy as np


def edges_from_matrix(adjacency):
    """Rows, columns and values of the stored entries.

    Args:
        adjacency: (N, N) SciPy sparse matrix or array.

    Returns:
        Tuple of the rows, the columns and the values, or None in their place if all are 1.

    Raises:
        ValueError: if the matrix is not square or not sparse.
    """
    shape = getattr(adjacency, "shape", None)
    if not hasattr(adjacency, "tocoo") or len(shape) != 2 or shape[0] != shape[1]:
        raise ValueError(
            "adjacency must be a square SciPy sparse matrix. Make one with "
            f"scipy.sparse.csr_array(matrix). Received: {type(adjacency).__name__} with shape "
            f"{shape}"
        )
    entries = adjacency.tocoo()
    values = None if np.all(entries.data == 1) else entries.data
    return entries.row, entries.col, values


def matrix_from_graph(graph, order):
    """The adjacency of a graph; entries of repeated edges are summed.

    Args:
        graph: a `Graph`.
        order: see `Graph.to_scipy`.

    Returns:
        (N, N) `scipy.sparse.csr_array` of float32.
    """
    from scipy.sparse import csr_array

    weights = graph.edge_weights
    weights = np.ones(graph.num_edges, np.float32) if weights is None else weights
    ends = (graph.senders, graph.receivers)
    ends = ends if order == "source_to_target" else ends[::-1]
    return csr_array((weights, ends), shape=(graph.num_nodes, graph.num_nodes))
