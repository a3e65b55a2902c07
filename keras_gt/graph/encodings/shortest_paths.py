"""Shortest-path distances between all nodes."""

import numpy as np


def shortest_path_distances(graph, max_distance):
    """Number of edges on the shortest path from each node to each other.

    The table has N^2 entries: it is meant for small graphs, as an index into a table of score
    biases.

    Args:
        graph: a `Graph`, directed or not.
        max_distance: int, the largest distance told apart, at least 1.

    Returns:
        (N, N) int32 array; entry [i, j] is the distance from sender j to receiver i, 0 on the
        diagonal, and `max_distance` + 1 where it is larger or there is no path.

    Raises:
        ValueError: if `max_distance` is less than 1.

    Example:

    >>> from keras_gt.graph import Graph, encodings
    >>> path = Graph(4, [0, 1, 1, 2], [1, 0, 2, 1])
    >>> encodings.shortest_path_distances(path, max_distance=1)
    array([[0, 1, 2, 2],
           [1, 0, 1, 2],
           [2, 1, 0, 2],
           [2, 2, 2, 0]], dtype=int32)

    Reference:
        Ying et al., 2021, https://arxiv.org/abs/2106.05234, section 3.1.2.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    if max_distance < 1:
        raise ValueError(f"max_distance must be at least 1. Received: max_distance={max_distance}")
    shape = (graph.num_nodes, graph.num_nodes)
    steps = csr_matrix((np.ones(graph.num_edges), (graph.senders, graph.receivers)), shape=shape)
    distances = dijkstra(steps, unweighted=True, limit=max_distance)  # [sender, receiver]
    return np.where(np.isfinite(distances), distances, max_distance + 1).astype(np.int32).T
