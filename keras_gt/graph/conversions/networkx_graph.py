"""Graphs from and to NetworkX."""

import numpy as np

from keras_gt.graph.conversions.extras import import_extra


def edges_from_networkx(graph, node_attribute, edge_attribute, weight_attribute):
    """Fields of a `Graph` out of a NetworkX graph.

    Args:
        graph: any NetworkX graph.
        node_attribute: str or None, attribute that becomes `node_features`.
        edge_attribute: str or None, attribute that becomes `edge_features`.
        weight_attribute: str or None, attribute that becomes `edge_weights`.

    Returns:
        Dictionary of `Graph` arguments.

    Raises:
        ValueError: if a node or an edge lacks the attribute.
    """
    number = {node: index for index, node in enumerate(graph.nodes)}
    edges = list(graph.edges(data=True))
    if not graph.is_directed():
        # A self-loop is one edge in either direction.
        edges += [(v, u, data) for u, v, data in edges if u != v]
    fields = {
        "num_nodes": len(number),
        "senders": np.array([number[u] for u, _, _ in edges], np.int32),
        "receivers": np.array([number[v] for _, v, _ in edges], np.int32),
    }
    if node_attribute is not None:
        data = [graph.nodes[node] for node in graph.nodes]
        fields["node_features"] = _values("node_features", node_attribute, data, graph.nodes)
    named = {"edge_features": edge_attribute, "edge_weights": weight_attribute}
    for name, attribute in named.items():
        if attribute is not None:
            pairs = [(u, v) for u, v, _ in edges]
            fields[name] = _values(name, attribute, [data for _, _, data in edges], pairs)
    return fields


def _values(name, attribute, dictionaries, owners):
    for owner, data in zip(owners, dictionaries, strict=True):
        if attribute not in data:
            raise ValueError(
                f"{name} must be set on all of the graph. Give the attribute {attribute!r} to "
                f"every one. Received: {owner!r} without it"
            )
    return np.array([data[attribute] for data in dictionaries])


def networkx_from_graph(graph):
    """A NetworkX graph with the arrays as attributes.

    Args:
        graph: a `Graph`.

    Returns:
        `networkx.DiGraph`, or `networkx.MultiDiGraph` if an edge is stored twice; nodes are
        0..N-1.
    """
    networkx = import_extra("networkx", "viz")
    pairs = list(zip(graph.senders.tolist(), graph.receivers.tolist(), strict=True))
    made = networkx.MultiDiGraph() if len(set(pairs)) < len(pairs) else networkx.DiGraph()
    nodes = graph.node_arrays()
    for node in range(graph.num_nodes):
        made.add_node(node, **{name: array[node] for name, array in nodes.items()})
    edges = graph.edge_arrays()
    for index, (sender, receiver) in enumerate(pairs):
        made.add_edge(sender, receiver, **{name: array[index] for name, array in edges.items()})
    return made
