"""Many graphs as a few arrays, the form in which they are cached."""

import numpy as np

from keras_gt.graph import Graph


def stack_graphs(graphs):
    """Puts the arrays of graphs one after the other, in the smallest integer types that hold them.

    Args:
        graphs: list of `Graph` with categorical `node_features` and `edge_features`.

    Returns:
        dict of arrays for `unstack_graphs`.
    """
    arrays = {
        "num_nodes": np.array([graph.num_nodes for graph in graphs]),
        "num_edges": np.array([graph.num_edges for graph in graphs]),
    }
    for name in ("senders", "receivers", "node_features", "edge_features"):
        arrays[name] = np.concatenate([getattr(graph, name) for graph in graphs])
    return {
        name: values.astype(np.min_scalar_type(int(values.max(initial=0))))
        for name, values in arrays.items()
    }


def unstack_graphs(arrays):
    """Returns the list of `Graph` that `stack_graphs` was given."""
    node_ends = np.cumsum(arrays["num_nodes"], dtype=np.int64)[:-1]
    edge_ends = np.cumsum(arrays["num_edges"], dtype=np.int64)[:-1]
    parts = {
        name: np.split(arrays[name].astype(np.int32), ends)
        for name, ends in (
            ("senders", edge_ends),
            ("receivers", edge_ends),
            ("node_features", node_ends),
            ("edge_features", edge_ends),
        )
    }
    return [
        Graph(num_nodes, **dict(zip(parts, values, strict=True)))
        for num_nodes, *values in zip(arrays["num_nodes"].tolist(), *parts.values(), strict=True)
    ]
