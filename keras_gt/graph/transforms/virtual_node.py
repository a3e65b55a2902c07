"""A node that reads everybody and is read by everybody."""

import numpy as np

from keras_gt.graph.transforms.added_rows import longer, value_of_new


def add_virtual_node(graph, node_value=None, edge_value=None):
    """Add one node, the last, with an edge to and from every other node.

    It gives all nodes a common memory two hops wide. Its encodings are 0: compute encodings after
    this transform, or before it where the new node shall not count in them.

    Args:
        graph: a `Graph`.
        node_value: number, every node feature of the new node; 0 for floats when not given.
            Categories need a number of their own, such as the number of categories so far.
        edge_value: number, every edge feature of the new edges; likewise.

    Returns:
        A `Graph` with N + 1 nodes and E + 2 N edges: the stored edges, those from the new node to
        node 0, 1, ..., N-1, and those back. The new edges have weight 1, the new node no words.

    Raises:
        ValueError: if the graph has categories and no value is given for them.

    Example:

    >>> from keras_gt.graph import Graph, add_virtual_node
    >>> hub = add_virtual_node(Graph(2, [0], [1], node_features=[[1.0], [1.0]]))
    >>> hub.senders.tolist(), hub.receivers.tolist(), hub.node_features.tolist()
    ([0, 2, 2, 0, 1], [1, 0, 1, 2, 2], [[1.0], [1.0], [0.0]])

    Reference:
        Gilmer et al., Neural Message Passing for Quantum Chemistry, 2017,
        https://arxiv.org/abs/1704.01212, section 5.2.
    """
    others = np.arange(graph.num_nodes, dtype=np.int32)
    hub = np.full(graph.num_nodes, graph.num_nodes, np.int32)
    changes = {
        "num_nodes": graph.num_nodes + 1,
        "senders": np.concatenate([graph.senders, hub, others]),
        "receivers": np.concatenate([graph.receivers, others, hub]),
        "encodings": {name: longer(a, [0]) for name, a in graph.encodings.items()},
        "pair_encodings": {
            name: np.pad(a, ((0, 1), (0, 1)) + ((0, 0),) * (a.ndim - 2))
            for name, a in graph.pair_encodings.items()
        },
    }
    for name, count, value in (
        ("node_features", 1, node_value),
        ("edge_features", 2 * graph.num_nodes, edge_value),
    ):
        if (array := getattr(graph, name)) is not None:
            changes[name] = longer(array, np.full(count, value_of_new(name, array, value)))
    for name, count, value in (
        ("feature_ids", 1, -1),
        ("feature_values", 1, 0),
        ("edge_weights", 2 * graph.num_nodes, 1),
    ):
        if (array := getattr(graph, name)) is not None:
            changes[name] = longer(array, np.full(count, value))
    return graph.replace(**changes)
