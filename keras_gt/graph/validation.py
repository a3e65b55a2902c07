"""The rules a graph must hold, each with its message."""

import numbers

import numpy as np

RESERVED_NAMES = frozenset(
    "node_features feature_ids feature_values senders receivers edge_features edge_weights "
    "node_mask edge_mask graph_ids graph_mask receiver_offsets sender_offsets sender_order "
    "attention_bias".split()
)


def as_indices(name, value):
    """The value as an int32 array."""
    array = np.asarray(value)
    if array.size == 0:
        return array.astype(np.int32)
    if array.dtype.kind not in "iu":
        raise ValueError(
            f"{name} must hold integers. Cast it with .astype('int32'). "
            f"Received: {name} with dtype {array.dtype}"
        )
    if array.dtype == np.int32:
        return array
    limits = np.iinfo(np.int32)
    if array.max() > limits.max or array.min() < limits.min:
        raise ValueError(
            f"{name} must fit 32-bit integers. Number the nodes 0..num_nodes-1 and the categories "
            f"from 0. Received: {name} between {array.min()} and {array.max()}"
        )
    return array.astype(np.int32)


def check_count(name, value, least=1):
    """Raises unless the value is a whole number of at least `least`."""
    if not isinstance(value, numbers.Integral) or isinstance(value, bool):
        raise ValueError(
            f"{name} must be an integer. Give a whole number. Received: {name}={value!r}"
        )
    if value < least:
        raise ValueError(f"{name} must be at least {least}. Received: {name}={value}")


def as_floats(name, value):
    """The value as a float32 array."""
    array = np.asarray(value)
    if array.dtype.kind not in "fiu" and array.size:
        raise ValueError(
            f"{name} must hold real numbers. Cast it with .astype('float32'). "
            f"Received: {name} with dtype {array.dtype}"
        )
    return array.astype(np.float32, copy=False)


def as_values(name, value):
    """The value as float32 (numbers) or int32 (categories), by the kind it has."""
    array = np.asarray(value)
    if array.dtype.kind in "iu":
        return as_indices(name, array)
    if array.dtype.kind == "f":
        return array.astype(np.float32, copy=False)
    raise ValueError(
        f"{name} must hold floats (features) or integers (categories). Cast it with "
        f".astype('float32') or .astype('int32'). Received: {name} with dtype {array.dtype}"
    )


def as_named_arrays(name, value):
    """The value as a dictionary, empty for None."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        axes = "(num_nodes, num_nodes, K)" if name == "pair_encodings" else "(num_nodes, K)"
        example = "random_walks" if name == "pair_encodings" else "positional_encoding"
        raise ValueError(
            f"{name} must be a dictionary of name -> {axes} array. Name the array, for example "
            f'{{"{example}": array}}. Received: {name}={type(value).__name__}'
        )
    return value


def validate_graph(graph):
    """Check one graph.

    Args:
        graph: a `Graph`.

    Raises:
        ValueError: naming the first array that does not fit.
    """
    num_nodes = graph.num_nodes
    if isinstance(num_nodes, bool) or not isinstance(num_nodes, int | np.integer) or num_nodes < 1:
        raise ValueError(
            "num_nodes must be an integer of at least 1. Leave empty graphs out. "
            f"Received: num_nodes={num_nodes!r}"
        )
    _check_edges(graph)
    _check_node_arrays(graph)
    for name, array in graph.edge_arrays().items():
        _check_length(name, array, graph.num_edges, "edge", "num_edges")
    if graph.edge_features is not None:
        _check_features("edge_features", graph.edge_features)
    if graph.edge_weights is not None:
        _check_rank("edge_weights", graph.edge_weights, (1,), "(num_edges,)")
        _check_finite("edge_weights", graph.edge_weights)
    _check_encodings(graph)
    _check_pair_encodings(graph)


def _check_edges(graph):
    for name in ("senders", "receivers"):
        array = getattr(graph, name)
        _check_rank(name, array, (1,), "(num_edges,)")
        if array.size and (array.min() < 0 or array.max() >= graph.num_nodes):
            raise ValueError(
                f"{name} must lie in 0..num_nodes-1. Renumber the nodes or raise num_nodes. "
                f"Received: {name} between {array.min()} and {array.max()} with "
                f"num_nodes={graph.num_nodes}"
            )
    if graph.senders.shape != graph.receivers.shape:
        raise ValueError(
            "senders and receivers must have one entry an edge. Give two arrays of one length. "
            f"Received: senders with shape {graph.senders.shape}, receivers with shape "
            f"{graph.receivers.shape}"
        )


def _check_node_arrays(graph):
    for name, array in graph.node_arrays().items():
        _check_length(name, array, graph.num_nodes, "node", "num_nodes")
    if graph.node_features is not None:
        _check_features("node_features", graph.node_features)
    ids, values = graph.feature_ids, graph.feature_values
    if ids is not None:
        _check_rank("feature_ids", ids, (2,), "(num_nodes, W)")
        if ids.size and ids.min() < -1:
            raise ValueError(
                "feature_ids must be at least -1, where -1 is no word. Mark empty places with -1. "
                f"Received: feature_ids with minimum {ids.min()}"
            )
    if values is not None:
        if ids is None or ids.shape != values.shape:
            raise ValueError(
                "feature_values must have the shape of feature_ids. Give one value a word. "
                f"Received: feature_values with shape {values.shape}, feature_ids with shape "
                f"{None if ids is None else ids.shape}"
            )
        _check_finite("feature_values", values)


def _check_encodings(graph):
    for name, array in graph.encodings.items():
        if name in RESERVED_NAMES:
            raise ValueError(
                "encodings must not take the name of another input. Rename it, for example to "
                f"'positional_encoding'. Received: encodings with the name {name!r}"
            )
        _check_rank(f"encodings[{name!r}]", array, (2, 3), "(num_nodes, K) or (num_nodes, T, K)")
        _check_finite(f"encodings[{name!r}]", array)


def _check_pair_encodings(graph):
    for name, array in graph.pair_encodings.items():
        if name in RESERVED_NAMES or name in graph.encodings:
            raise ValueError(
                "pair_encodings must not take the name of another input. Rename it, for example "
                f"to 'random_walks'. Received: pair_encodings with the name {name!r}"
            )
        name = f"pair_encodings[{name!r}]"
        _check_rank(name, array, (2, 3), "(num_nodes, num_nodes) or (num_nodes, num_nodes, K)")
        if array.shape[:2] != (graph.num_nodes, graph.num_nodes):
            raise ValueError(
                f"{name} must have one row and one column per node. Check its first two axes. "
                f"Received: {name} with shape {array.shape} and num_nodes={graph.num_nodes}"
            )
        if array.dtype == np.float32:
            _check_finite(name, array)
        elif array.min() < -1:
            raise ValueError(
                f"{name} must hold categories of at least 0, or -1 for an unknown one. Number the "
                "categories from 0, or cast to float32 if they are numbers. "
                f"Received: {name} with minimum {array.min()}"
            )


def _check_length(name, array, length, unit, length_name):
    if array.ndim == 0 or array.shape[0] != length:
        raise ValueError(
            f"{name} must have one row per {unit}. Check its first axis. "
            f"Received: {name} with shape {array.shape} and {length_name}={length}"
        )


def _check_rank(name, array, ranks, shape):
    if array.ndim not in ranks:
        raise ValueError(
            f"{name} must have the shape {shape}. Reshape it. "
            f"Received: {name} with shape {array.shape}"
        )


def _check_features(name, array):
    rows = "num_nodes" if name == "node_features" else "num_edges"
    if array.dtype == np.int32:
        _check_rank(name, array, (1, 2), f"({rows},) or ({rows}, columns) for categories")
        if array.size and array.min() < 0:
            raise ValueError(
                f"{name} must hold categories of at least 0. Number the categories from 0, or "
                f"cast to float32 if they are numbers. Received: {name} with minimum {array.min()}"
            )
    else:
        _check_rank(name, array, (2,), f"({rows}, features)")
        _check_finite(name, array)


def _check_finite(name, array):
    if not np.isfinite(array).all():
        bad = np.unique(np.argwhere(~np.isfinite(array))[:, 0])
        raise ValueError(
            f"{name} must be finite. Replace NaN and infinite values before building the graph. "
            f"Received: {bad.size} rows with NaN or infinity, the first at {bad[0]}"
        )
