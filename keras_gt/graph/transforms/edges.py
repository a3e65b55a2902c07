"""Transforms of the edges. Each returns a new graph and leaves the given one as it is."""

import numpy as np


def add_self_loops(graph):
    """Add the edge i -> i to every node that has none.

    Args:
        graph: a `Graph`.

    Returns:
        A `Graph` with the new edges after the stored ones, in node order. The new edges have
        weight 1 and edge features 0.

    Example:

    >>> from keras_gt.graph import Graph, add_self_loops
    >>> add_self_loops(Graph(2, [0, 1], [1, 1])).receivers.tolist()
    [1, 1, 0]
    """
    looped = np.zeros(graph.num_nodes, bool)
    looped[graph.senders[graph.senders == graph.receivers]] = True
    nodes = np.flatnonzero(~looped).astype(np.int32)
    changes = {
        "senders": np.concatenate([graph.senders, nodes]),
        "receivers": np.concatenate([graph.receivers, nodes]),
    }
    if graph.edge_weights is not None:
        changes["edge_weights"] = np.concatenate(
            [graph.edge_weights, np.ones(nodes.size, np.float32)]
        )
    if graph.edge_features is not None:
        zeros = np.zeros((nodes.size, *graph.edge_features.shape[1:]), graph.edge_features.dtype)
        changes["edge_features"] = np.concatenate([graph.edge_features, zeros])
    return graph.replace(**changes)


def symmetrise(graph):
    """Store each edge in both directions.

    Args:
        graph: a `Graph`.

    Returns:
        A `Graph` with a reversed copy of every edge whose reverse was not stored, features and
        weights included, after the stored edges. Edges stored twice stay stored twice.

    Example:

    >>> from keras_gt.graph import Graph, symmetrise
    >>> both = symmetrise(Graph(3, [0, 1, 2], [1, 0, 1]))
    >>> both.senders.tolist(), both.receivers.tolist()
    ([0, 1, 2, 1], [1, 0, 1, 2])
    """
    senders, receivers = graph.senders.astype(np.int64), graph.receivers
    stored = senders * graph.num_nodes + receivers
    reverse = receivers.astype(np.int64) * graph.num_nodes + senders
    missing = np.flatnonzero(~np.isin(reverse, stored))
    changes = {
        "senders": np.concatenate([graph.senders, graph.receivers[missing]]),
        "receivers": np.concatenate([graph.receivers, graph.senders[missing]]),
    }
    for name, array in graph.edge_arrays().items():
        changes[name] = np.concatenate([array, array[missing]])
    return graph.replace(**changes)


def normalise_gcn(graph):
    """Weight each edge as a graph convolution does: w_ij / sqrt(d_i d_j).

    w_ij is the stored weight (1 when there is none) and d_i = sum_j w_ij is the sum over the edges
    that arrive at i. Self-loops count like any edge: add them first for the usual GCN.

    Args:
        graph: a `Graph` with weights of at least 0.

    Returns:
        A `Graph` with new `edge_weights`; edges of a node with d = 0 get weight 0.

    Raises:
        ValueError: if a weight is negative.

    Example:

    >>> from keras_gt.graph import Graph, add_self_loops, normalise_gcn
    >>> normalise_gcn(add_self_loops(Graph(2, [0, 1], [1, 0]))).edge_weights
    array([0.5, 0.5, 0.5, 0.5], dtype=float32)

    Reference:
        Kipf and Welling, 2017, https://arxiv.org/abs/1609.02907, equation 2.
    """
    weights = graph.edge_weights
    weights = np.ones(graph.num_edges) if weights is None else weights.astype(np.float64)
    if weights.size and weights.min() < 0:
        raise ValueError(
            "edge_weights must be at least 0, because their sum goes under a square root. Shift "
            f"or drop the negative ones. Received: edge_weights with minimum {weights.min()}"
        )
    degree = np.bincount(graph.receivers, weights, minlength=graph.num_nodes)  # (N,)
    scale = np.divide(1.0, np.sqrt(degree), out=np.zeros(degree.shape), where=degree > 0)
    scaled = weights * scale[graph.senders] * scale[graph.receivers]
    return graph.replace(edge_weights=scaled.astype(np.float32))


def sort_by_receiver(graph):
    """Sort the edges by receiver; edges of one receiver keep their order.

    A model returns attention scores in the order of `graph.inputs()`, which sorts. After this
    transform that is also the order of the graph.

    Args:
        graph: a `Graph`.

    Returns:
        A `Graph` with sorted edges, features and weights with them.
    """
    return select_edges(graph, np.argsort(graph.receivers, kind="stable"))


def subgraph(graph, nodes):
    """Keep some nodes and the edges between them, numbered anew.

    Args:
        graph: a `Graph`.
        nodes: (N,) bool mask, or integers in 0..N-1 without repeats in the new order.

    Returns:
        A `Graph` of the chosen nodes; edges keep their order.

    Raises:
        ValueError: if the mask has another length, or a node is repeated, out of range or none is
            chosen.

    Example:

    >>> from keras_gt.graph import Graph, subgraph
    >>> part = subgraph(Graph(4, [0, 1, 2], [1, 2, 3]), [2, 1])
    >>> part.senders.tolist(), part.receivers.tolist()
    ([1], [0])
    """
    nodes = np.asarray(nodes)
    if nodes.dtype == bool:
        if nodes.shape != (graph.num_nodes,):
            raise ValueError(
                "nodes must have one entry a node when it is a mask. Give a mask of shape "
                f"({graph.num_nodes},). Received: nodes with shape {nodes.shape}"
            )
        nodes = np.flatnonzero(nodes)
    if (
        nodes.size == 0
        or nodes.dtype.kind not in "iu"
        or nodes.ndim != 1
        or nodes.min() < 0
        or nodes.max() >= graph.num_nodes
        or np.unique(nodes).size != nodes.size
    ):
        raise ValueError(
            f"nodes must be different integers in 0..{graph.num_nodes - 1}, at least one. "
            f"Received: nodes={nodes!r}"
        )
    new_number = np.full(graph.num_nodes, -1, np.int32)
    new_number[nodes] = np.arange(nodes.size)
    senders, receivers = new_number[graph.senders], new_number[graph.receivers]
    kept = select_edges(graph, np.flatnonzero((senders >= 0) & (receivers >= 0)))
    fields = ("node_features", "feature_ids", "feature_values")
    arrays = {name: array[nodes] for name, array in graph.node_arrays().items()}
    return kept.replace(
        num_nodes=int(nodes.size),
        senders=new_number[kept.senders],
        receivers=new_number[kept.receivers],
        encodings={name: arrays[name] for name in graph.encodings},
        pair_encodings={
            name: array[np.ix_(nodes, nodes)] for name, array in graph.pair_encodings.items()
        },
        **{name: arrays[name] for name in fields if name in arrays},
    )


def select_edges(graph, index):
    """The graph with the edges of an index or a mask alone, their features and weights too."""
    return graph.replace(
        senders=graph.senders[index],
        receivers=graph.receivers[index],
        **{name: array[index] for name, array in graph.edge_arrays().items()},
    )
