"""The sparse attention pattern of Exphormer: stored edges, an expander and virtual nodes."""

import numpy as np

from keras_gt.graph.builders.expander import expander
from keras_gt.graph.transforms.added_rows import longer, value_of_new


def add_expander_edges(graph, degree=6, virtual_nodes=0, seed=0, node_value=None, edge_value=None):
    """Add the edges of a random regular graph and nodes linked to everybody, each with its type.

    Attention over these edges costs as much as message passing, yet everybody is few steps from
    everybody: Exphormer's attention runs over the result. The edge's type is a categorical
    edge feature: 0 for stored edges, 1 for the expander's, 2 + 2k from the k-th virtual node to
    the others, 3 + 2k back: 2 + 2 virtual_nodes types. Without edge features before, the types
    are the edge features, (E',); after categories they are a further column; after floats they
    are one-hot columns, one a type.

        model = GraphGPS(..., edge_features={"categories": [2]}, global_attention="edges",
                         num_virtual_nodes=1)
        model = GraphTransformer(..., edge_features={"categories": [2 + 2 * virtual_nodes]})

    `GraphGPS` is the paper's model: messages along the stored edges beside attention, and virtual
    nodes of its own, which no readout counts, so none are added here. In `GraphTransformer` all
    edges are alike but for their type.

    An expander edge that is stored already stands beside the stored one. Virtual nodes come last
    and are linked to the graph's own nodes alone. They are nodes like any other for the model: a
    readout counts them, which the authors' does not, and node labels want a weight of 0 there.
    Their encodings are 0: compute encodings before this transform.

    Args:
        graph: a `Graph` without pair encodings.
        degree: int, the expander's neighbours of a node, see `builders.expander`.
        virtual_nodes: int, how many nodes to add, at least 0.
        seed: int, of the expander. Graphs of one size get one expander: a data set's graphs
            differ where each gets its own seed, such as its index.
        node_value: number, or a list of one a virtual node: every node feature of the new nodes;
            0 for floats when not given. Categories need numbers of their own, such as the number
            of categories so far.
        edge_value: number, every stored kind of edge feature on the new edges; likewise.

    Returns:
        A `Graph` with N + virtual_nodes nodes: the stored edges, the expander's, and for each
        virtual node those from it and those back. New edges have weight 1, new nodes no words.

    Raises:
        ValueError: for an unfit argument, pair encodings, or categories without a value.

    Example:

    >>> from keras_gt.graph import Graph, add_expander_edges
    >>> path = Graph(9, range(8), range(1, 9))
    >>> found = add_expander_edges(path, degree=4, virtual_nodes=1)
    >>> found.num_nodes, np.bincount(found.edge_features).tolist()
    (10, [8, 36, 9, 9])

    Reference:
        Shirzad et al., Exphormer: Sparse Transformers for Graphs, 2023,
        https://arxiv.org/abs/2303.06147, section 3.
    """
    if virtual_nodes < 0:
        raise ValueError(f"virtual_nodes must be at least 0. Received: {virtual_nodes=}")
    if graph.pair_encodings:
        raise ValueError(
            "graph must have no pair encodings, whose models read all pairs anyway. Drop them. "
            f"Received: pair_encodings={sorted(graph.pair_encodings)}"
        )
    num_nodes = graph.num_nodes
    own = np.arange(num_nodes, dtype=np.int32)
    new = expander(num_nodes, degree, seed)
    parts = [(graph.senders, graph.receivers), new]
    for hub in range(num_nodes, num_nodes + virtual_nodes):
        hubs = np.full(num_nodes, hub, np.int32)
        parts += [(hubs, own), (own, hubs)]
    senders, receivers = (np.concatenate(ends) for ends in zip(*parts, strict=True))
    types = np.repeat(np.arange(len(parts), dtype=np.int32), [part[0].size for part in parts])
    changes = {"num_nodes": num_nodes + virtual_nodes, "senders": senders, "receivers": receivers}
    changes["edge_features"] = _with_types(graph, types, len(parts), edge_value)
    if graph.edge_weights is not None:
        changes["edge_weights"] = longer(graph.edge_weights, np.ones(types.size - graph.num_edges))
    if graph.node_features is not None and virtual_nodes:
        value = value_of_new("node_features", graph.node_features, node_value)
        rows = np.broadcast_to(value, (virtual_nodes,))
        changes["node_features"] = longer(graph.node_features, rows)
    for name, value in (("feature_ids", -1), ("feature_values", 0)):
        if (array := getattr(graph, name)) is not None:
            changes[name] = longer(array, np.full(virtual_nodes, value))
    changes["encodings"] = {
        name: longer(array, np.zeros(virtual_nodes)) for name, array in graph.encodings.items()
    }
    return graph.replace(**changes)


def _with_types(graph, types, num_types, edge_value):
    """The edge features of all edges with their types."""
    features = graph.edge_features
    if features is None:
        return types
    value = value_of_new("edge_features", features, edge_value)
    features = longer(features, np.full(types.size - graph.num_edges, value))
    if features.dtype == np.int32:
        features = features.reshape(types.size, -1)
        return np.concatenate([features, types[:, None]], axis=1)
    return np.concatenate([features, np.eye(num_types, dtype=np.float32)[types]], axis=1)
