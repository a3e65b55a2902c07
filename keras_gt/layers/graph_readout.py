import keras
from keras import ops

from keras_gt.layers.direct_call import called_directly
from keras_gt.layers.graph_layer import check_choice, in_type
from keras_gt.ops.node_groups import NodeGroups, check_packed


@keras.saving.register_keras_serializable(package="keras_gt")
@called_directly(takes_training=False)
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
        groups = NodeGroups(node_mask, graph_ids, graph_mask)
        if self.reduction == "max":
            result = groups.max(node_features)
        else:
            result = groups.sum(node_features)  # (B, G, D)
        if self.reduction == "mean":
            result = result / groups.count(node_features)
        result = in_type(result, self.compute_dtype)
        return result if groups.packed else ops.squeeze(result, 1)

    def compute_mask(self, inputs, previous_mask):
        return None  # the nodes' mask ends here

    def compute_output_spec(self, node_features, node_mask=None, graph_ids=None, graph_mask=None):
        return readout_spec(node_features, graph_ids, graph_mask, self.compute_dtype)

    def get_config(self):
        return {**super().get_config(), "reduction": self.reduction}


def readout_spec(node_features, graph_ids, graph_mask, dtype):
    """(B, D), or (B, G, D) for packed rows."""
    rows, width = node_features.shape[0], node_features.shape[-1]
    if graph_ids is None:
        return keras.KerasTensor((rows, width), dtype=dtype)
    check_packed(graph_mask)
    return keras.KerasTensor((rows, graph_mask.shape[1], width), dtype=dtype)
