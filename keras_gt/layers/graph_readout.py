import keras
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.layers.graph_layer import check_choice
from keras_gt.ops.node_groups import check_packed, packed_ids


@keras.saving.register_keras_serializable(package="keras_gt")
class GraphReadout(keras.layers.Layer):
    """Reduces the real nodes of each graph to one vector: sum, mean or max.

    A row is one graph, or, with `graph_ids`, several graphs packed side by side. A graph without
    real nodes gives 0.

    Args:
        reduction: "sum", "mean" or "max".
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        node_features: (B, N, D) float.
        node_mask: (B, N) bool or None.
        graph_ids: (B, N) int32, the graph of each node in packed rows, or None.
        graph_mask: (B, G) bool, only its width G is used; required with `graph_ids`.

    Returns:
        (B, D), or (B, G, D) for packed rows.

    Raises:
        ValueError: for an unknown reduction, or `graph_ids` without `graph_mask`.

    Example:
        >>> import numpy as np
        >>> nodes = np.arange(6, dtype="float32").reshape(1, 3, 2)
        >>> [float(x) for x in GraphReadout("sum")(nodes)[0]]
        [6.0, 9.0]

    Reference:
        Xu et al., How Powerful are Graph Neural Networks?, 2019,
        https://arxiv.org/abs/1810.00826, section 4.2.
    """

    def __init__(self, reduction="mean", **kwargs):
        super().__init__(**kwargs)
        check_choice("reduction", reduction, ("sum", "mean", "max"))
        self.reduction = reduction
        self.supports_masking = True
        self.built = True

    def call(self, node_features, node_mask=None, graph_ids=None, graph_mask=None):
        if graph_ids is None:
            return self._rows(node_features, node_mask)
        check_packed(graph_mask)
        rows, num_graphs = ops.shape(graph_mask)[0], ops.shape(graph_mask)[1]
        width = node_features.shape[-1]
        ids = packed_ids(graph_ids, num_graphs)
        flat = ops.reshape(node_features, (-1, width))  # (B N, D)
        real = None if node_mask is None else ops.reshape(ops.cast(node_mask, "bool"), (-1,))
        total = rows * num_graphs
        if self.reduction == "max":
            lowest = _lowest(flat)
            flat = flat if real is None else ops.where(real[:, None], flat, lowest)
            result = graph_ops.segment_max(flat, ids, total)
            result = ops.where(result > lowest, result, ops.cast(0, result.dtype))
        else:
            result = graph_ops.segment_sum(flat, ids, total, mask=real)  # (B G, D)
        if self.reduction == "mean":
            ones = ops.ones((ops.shape(flat)[0], 1), dtype=flat.dtype)
            count = graph_ops.segment_sum(ones, ids, total, mask=real)
            result = result / ops.maximum(count, 1)
        return ops.reshape(result, (rows, num_graphs, width))

    def _rows(self, node_features, node_mask):
        if node_mask is None:
            return getattr(ops, self.reduction)(node_features, axis=1)
        real = ops.cast(node_mask, "bool")[:, :, None]
        if self.reduction == "max":
            lowest = _lowest(node_features)
            top = ops.max(ops.where(real, node_features, lowest), axis=1)
            return ops.where(top > lowest, top, ops.cast(0, top.dtype))
        zero = ops.cast(0, node_features.dtype)
        total = ops.sum(ops.where(real, node_features, zero), axis=1)
        if self.reduction == "sum":
            return total
        return total / ops.maximum(ops.sum(ops.cast(real, total.dtype), axis=1), 1)

    def compute_mask(self, inputs, previous_mask):
        return None  # the nodes' mask ends here

    def compute_output_spec(self, node_features, node_mask=None, graph_ids=None, graph_mask=None):
        return readout_spec(node_features, graph_ids, graph_mask, self.compute_dtype)

    def get_config(self):
        return {**super().get_config(), "reduction": self.reduction}


def _lowest(x):
    """A value below all features, finite in their type."""
    half = keras.backend.standardize_dtype(x.dtype) == "float16"
    return ops.cast(-6e4 if half else -1e30, x.dtype)


def readout_spec(node_features, graph_ids, graph_mask, dtype):
    """(B, D), or (B, G, D) for packed rows."""
    rows, width = node_features.shape[0], node_features.shape[-1]
    if graph_ids is None:
        return keras.KerasTensor((rows, width), dtype=dtype)
    check_packed(graph_mask)
    return keras.KerasTensor((rows, graph_mask.shape[1], width), dtype=dtype)
