"""Whether arrays are what a model was made for, seen on NumPy before it runs.

Inside a compiled model a category, a node or a class out of range would read another row, count
as nothing, or crash, as the backend will have it.
"""

import numpy as np


def check_against_backbone(backbone, arrays):
    """Raises where features have another width than the backbone's, or unknown categories.

    Args:
        backbone: `Backbone`.
        arrays: dictionary of arrays by input name, of one graph or of a batch; those that are
            missing or not NumPy's are not looked at.

    Raises:
        ValueError: naming the array.
    """
    for name in ("node_features", "edge_features"):
        features = getattr(backbone, name, None)
        if not features:
            continue
        ((kind, size),) = features.items()
        array = arrays.get("feature_ids" if kind == "words" else name)
        if not isinstance(array, np.ndarray):
            continue
        if kind == "words":
            _check_categories("feature_ids", array[..., None], [size])
        elif kind == "dense":
            _check_width(name, array, size)
        else:
            in_columns = len(size) > 1 or (array.ndim > 1 and array.shape[-1] == 1)
            columns = array if in_columns else array[..., None]  # one node is no column
            _check_width(name, columns, len(size))
            _check_categories(name, columns, size)
    for name, options in (getattr(backbone, "positional_encodings", None) or {}).items():
        if isinstance(arrays.get(name), np.ndarray):
            _check_width(name, arrays[name], options["dim"])
    if isinstance(arrays.get("hop_features"), np.ndarray) and hasattr(backbone, "num_hops"):
        _check_hops(arrays["hop_features"], backbone.num_hops, backbone.node_features["dense"])
    for name, options in (getattr(backbone, "pair_encodings", None) or {}).items():
        _check_pairs(name, arrays.get(name), options, 3 if "senders" in arrays else 2)


def check_places(backbone, arrays):
    """Raises where several graphs share a row and places would be counted from its start.

    Args:
        backbone: `Backbone`.
        arrays: dictionary of arrays of a batch by input name; others than NumPy's are not looked
            at.

    Raises:
        ValueError: naming the rows.
    """
    mask = arrays.get("graph_mask")
    if not backbone.counts_places or "position_ids" in arrays or not isinstance(mask, np.ndarray):
        return
    if (several := mask.sum(axis=-1).max()) > 1:
        raise ValueError(
            f"each row must hold one graph for {type(backbone).__name__}, which counts places from "
            "the start of a row where there are no position_ids. Use task.loader, or "
            f"GraphLoader(..., rows=graphs_per_batch). Received: rows of {several} graphs"
        )


def check_values(backbone, arrays):
    """Raises where what counts in the arrays of a batch is no number, or names no node.

    `Graph.validate` sees to the same in graphs. Padding may hold anything.

    Args:
        backbone: `Backbone`.
        arrays: dictionary of arrays of a batch by input name; others than NumPy's are not looked
            at.

    Raises:
        ValueError: naming the array.
    """
    of_nodes = ("node_features", *(getattr(backbone, "positional_encodings", None) or {}))
    of_edges = ("edge_features", "edge_weights")
    for names, mask in ((of_nodes, "node_mask"), (of_edges, "edge_mask")):
        for name in names:
            values = _counting(arrays.get(name), arrays.get(mask))
            if values is not None and values.dtype.kind == "f" and not np.isfinite(values).all():
                raise ValueError(
                    f"{name} must be finite where {mask} is true. Replace or mask missing values. "
                    f"Received: {np.sum(~np.isfinite(values))} entries that are not"
                )
    nodes = _num_nodes(arrays)
    for name, mask in (
        ("senders", "edge_mask"),
        ("receivers", "edge_mask"),
        ("pairs", "pair_mask"),
    ):
        index = _counting(arrays.get(name), arrays.get(mask))
        if index is not None and index.size and nodes is not None:
            _check_index(name, index, nodes)


def check_labels(labels, num_classes):
    """Raises where integer labels are no class of a classifier.

    Args:
        labels: array or list of arrays; others than NumPy integers are not looked at.
        num_classes: int.

    Raises:
        ValueError: naming the lowest and the highest label.
    """
    for part in labels if isinstance(labels, list | tuple) else [labels]:
        part = np.asarray(part) if isinstance(part, list | tuple | int) else part
        if not isinstance(part, np.ndarray) or part.dtype.kind not in "iu" or not part.size:
            continue
        if part.min() < 0 or part.max() >= num_classes:
            raise ValueError(
                f"labels must be classes from 0 to {num_classes - 1}, also where they do not "
                "count. Give a node without a label the class 0 and a sample weight of 0. "
                f"Received: labels from {part.min()} to {part.max()}"
            )


def _counting(array, mask):
    """The entries (n, ...) of (B, n', ...) whose mask is true; None for what is not NumPy's."""
    if not isinstance(array, np.ndarray):
        return None
    if not isinstance(mask, np.ndarray) or mask.shape != array.shape[: mask.ndim]:
        return array
    return array[mask.astype(bool)]


def _num_nodes(arrays):
    """N of the arrays of a batch, or None."""
    shapes = [np.shape(arrays.get(name)) for name in ("node_features", "feature_ids", "node_mask")]
    return next((shape[1] for shape in shapes if len(shape) > 1), None)


def _check_index(name, index, num_nodes):
    if index.min() < 0 or index.max() >= num_nodes:
        raise ValueError(
            f"{name} must be nodes from 0 to {num_nodes - 1} of their row. Mask what is padding. "
            f"Received: {name} from {index.min()} to {index.max()}"
        )


def _check_width(name, array, width):
    if array.ndim < 2 or array.shape[-1] != width:
        raise ValueError(
            f"{name} must have {width} columns for this model. Compute the features that it was "
            f"trained on. Received: {name} with shape {array.shape}"
        )


def _check_hops(array, num_hops, width):
    if array.ndim < 3 or array.shape[-2:] != (num_hops + 1, width):
        raise ValueError(
            f"hop_features must end with the axes ({num_hops + 1}, {width}) for this model. "
            f"Compute them with hops={num_hops} from features {width} wide. Received: hop_features "
            f"with shape {array.shape}"
        )


def _check_pairs(name, array, options, axes):
    """Checks an encoding of pairs, whose columns follow `axes` axes of rows and nodes."""
    if array is None:
        raise ValueError(
            f"{name} must be given to this model: it reads an encoding of pairs of nodes by this "
            "name. Add it to the graphs' pair_encodings, or let a GraphPreprocessor compute it. "
            f"Received: no {name}"
        )
    if not isinstance(array, np.ndarray):
        return
    ((kind, size),) = options.items()
    single = kind == "categories" and isinstance(size, int)
    width = size if kind == "dim" else 1 if single else len(size)
    columns = array[..., None] if single else array
    if columns.ndim != axes + 1 or columns.shape[-1] != width:
        raise ValueError(
            f"{name} must have the shape ({'B, ' * (axes - 2)}N, N{'' if single else f', {width}'})"
            " for this model. Compute the encoding that it was trained on. "
            f"Received: {name} with shape {array.shape}"
        )
    if kind == "categories":
        _check_categories(name, columns, [size] if single else size)


def _check_categories(name, columns, sizes):
    if columns.dtype.kind not in "iu":
        raise ValueError(
            f"{name} must hold integer categories for this model. Number the categories as in its "
            f"training data. Received: {name} of type {columns.dtype}"
        )
    for index, size in enumerate(sizes):
        if columns.size and (top := columns[..., index].max()) >= size:
            raise ValueError(
                f"{name} must hold numbers below {size} in column {index}: the model knows no "
                "others. Map unknown ones to a known category, or train a model with more. "
                f"Received: {name} with {top}"
            )
