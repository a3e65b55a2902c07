"""Graphs from and to PyTorch Geometric."""

import numpy as np

from keras_gt.graph.conversions.extras import import_extra


def fields_from_pyg(data):
    """Fields of a `Graph` out of a `torch_geometric.data.Data`.

    Args:
        data: `torch_geometric.data.Data` of one graph.

    Returns:
        Dictionary of `Graph` arguments.

    Raises:
        ValueError: if it has no `edge_index`.
    """
    if getattr(data, "edge_index", None) is None:
        raise ValueError(
            "data must have an edge_index. Use a torch_geometric.data.Data of one graph. "
            f"Received: data={data!r}"
        )
    senders, receivers = _array(data.edge_index)
    fields = {"num_nodes": int(data.num_nodes), "senders": senders, "receivers": receivers}
    names = {"x": "node_features", "edge_attr": "edge_features", "edge_weight": "edge_weights"}
    for theirs, ours in names.items():
        value = getattr(data, theirs, None)
        if value is not None:
            fields[ours] = _array(value)
    features = fields.get("edge_features")
    if features is not None and features.ndim == 1 and features.dtype.kind == "f":
        fields["edge_features"] = features[:, None]
    return fields


def _array(tensor):
    return tensor.detach().cpu().numpy()


def pyg_from_graph(graph):
    """A `torch_geometric.data.Data` of a graph.

    Args:
        graph: a `Graph`.

    Returns:
        `torch_geometric.data.Data` with `edge_index` and, where the graph has them, `x`,
        `edge_attr`, `edge_weight` and every other array under its own name. Integers are int64.
        Pair encodings are left out: PyTorch Geometric cannot batch them.
    """
    torch = import_extra("torch", "torch")
    data_module = import_extra("torch_geometric.data", "dev")
    arrays = {"edge_index": np.stack([graph.senders, graph.receivers])}
    names = {"node_features": "x", "edge_features": "edge_attr", "edge_weights": "edge_weight"}
    for name, array in (graph.node_arrays() | graph.edge_arrays()).items():
        arrays[names.get(name, name)] = array
    tensors = {name: torch.from_numpy(array.copy()) for name, array in arrays.items()}
    tensors = {name: t.long() if t.dtype == torch.int32 else t for name, t in tensors.items()}
    return data_module.Data(num_nodes=graph.num_nodes, **tensors)
