"""Shortest paths between all nodes: their lengths, their edges and what these carry."""

import numpy as np

from keras_gt.graph.validation import check_count

DENSE_NODES = 64  # up to here, breadth first by matrix products is cheaper than Dijkstra's heaps


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
        ValueError: if `max_distance` is no integer of at least 1.

    Example:

    >>> from keras_gt.graph import Graph, encodings
    >>> path = Graph(4, [0, 1, 1, 2], [1, 0, 2, 1])
    >>> encodings.shortest_path_distances(path, max_distance=1)
    array([[0, 1, 2, 2],
           [1, 0, 1, 2],
           [2, 1, 0, 2],
           [2, 2, 2, 0]], dtype=int32)

    Reference:
        Ying et al., 2021, https://arxiv.org/abs/2106.05234, section 3.1.2, equation 6.
    """
    check_count("max_distance", max_distance)
    distances = _distances(graph, limit=max_distance)
    return np.where(np.isfinite(distances), distances, max_distance + 1).astype(np.int32)


def shortest_path_edges(graph, max_distance):
    """The edges of a shortest path from each node to each other, counted from the receiver.

    Of several shortest paths the one is taken that reaches the receiver by the edge of the lowest
    number, and the node before it likewise. Of a longer path only the `max_distance` edges
    nearest to the receiver are kept. Edge numbers go with the order of the graph's edges, which
    batches change: `shortest_path_features` is what a model reads.

    Args:
        graph: a `Graph`, directed or not.
        max_distance: int, the most edges kept of a path, at least 1.

    Returns:
        (N, N, max_distance) int32 array; entry [i, j, n] is the number of the n-th edge on the
        path from sender j to receiver i, n = 0 being the edge into i. -1 stands after the end of
        the path, on the diagonal and where there is no path.

    Raises:
        ValueError: if `max_distance` is no integer of at least 1.

    Example:

    >>> from keras_gt.graph import Graph, encodings
    >>> encodings.shortest_path_edges(Graph(3, [0, 1], [1, 2]), max_distance=2)[2].tolist()
    [[1, 0], [1, -1], [-1, -1]]

    Reference:
        Ying et al., 2021, https://arxiv.org/abs/2106.05234, section 3.1.3, equation 7.
    """
    check_count("max_distance", max_distance)
    paths = np.full((graph.num_nodes, graph.num_nodes, max_distance), -1, np.int32)
    if graph.num_edges == 0:
        return paths
    distances = _distances(graph)
    # Edge e ends a shortest path from j where it takes a node one step nearer to j to its receiver.
    ends = distances[graph.senders] + 1 == distances[graph.receivers]  # (E, N)
    ends &= np.isfinite(distances[graph.receivers])
    edges, nodes = np.nonzero(ends)
    last = np.full((graph.num_nodes, graph.num_nodes), graph.num_edges)
    np.minimum.at(last, (graph.receivers[edges], nodes), edges)
    last[last == graph.num_edges] = -1
    receivers, senders = np.nonzero(last >= 0)
    here = receivers.copy()
    for position in range(max_distance):
        edge = last[here, senders]
        on_the_way = edge >= 0
        if not on_the_way.any():
            break
        receivers, senders, edge = receivers[on_the_way], senders[on_the_way], edge[on_the_way]
        paths[receivers, senders, position] = edge
        here = graph.senders[edge]
    return paths


def shortest_path_features(graph, max_distance):
    """The edge features along a shortest path from each node to each other.

    What `shortest_path_edges` finds, with each edge replaced by its features.

    Args:
        graph: a `Graph` with edge features of C columns.
        max_distance: int, the most edges kept of a path, at least 1.

    Returns:
        (N, N, max_distance C) array, the columns of the edge into the receiver first: int32 with
        -1 where there is no edge for categories, float32 with 0 there for numbers.

    Raises:
        ValueError: if `max_distance` is no integer of at least 1 or there are no edge features.

    Example:

    >>> from keras_gt.graph import Graph, encodings
    >>> path = Graph(3, [0, 1], [1, 2], edge_features=[7, 5])
    >>> encodings.shortest_path_features(path, max_distance=2)[2].tolist()
    [[5, 7], [5, -1], [-1, -1]]

    Reference:
        Ying et al., 2021, https://arxiv.org/abs/2106.05234, section 3.1.3, equation 7.
    """
    features = graph.edge_features
    if features is None:
        raise ValueError(
            "graph must have edge_features, which are read along its paths. Use "
            f"shortest_path_distances for graphs without them. Received: graph={graph!r}"
        )
    paths = shortest_path_edges(graph, max_distance)
    none = -1 if features.dtype == np.int32 else 0
    features = features[:, None] if features.ndim == 1 else features
    padding = np.full((1, features.shape[1]), none, features.dtype)
    found = np.concatenate([features, padding])[paths]  # (N, N, max_distance, C); -1 is the padding
    return found.reshape(*paths.shape[:2], max_distance * features.shape[1])


def _distances(graph, limit=np.inf):
    """(N, N) floats: entry [i, j] is the distance from sender j to receiver i, or infinity."""
    if graph.num_nodes <= DENSE_NODES:
        return _dense_distances(graph, limit)

    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    shape = (graph.num_nodes, graph.num_nodes)
    steps = csr_matrix((np.ones(graph.num_edges), (graph.senders, graph.receivers)), shape=shape)
    return dijkstra(steps, unweighted=True, limit=limit).T


def _dense_distances(graph, limit):
    """Breadth first from all nodes at once."""
    adjacency = np.zeros((graph.num_nodes, graph.num_nodes), np.float32)
    adjacency[graph.receivers, graph.senders] = 1
    distances = np.full(adjacency.shape, np.inf)
    reached, step = np.eye(graph.num_nodes, dtype=bool), 0
    while reached.any() and step <= limit:
        distances[reached] = step
        reached = (adjacency @ reached.astype(np.float32) > 0) & np.isinf(distances)
        step += 1
    return distances
