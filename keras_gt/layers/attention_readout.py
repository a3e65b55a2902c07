import keras
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.layers.graph_layer import serialized_policy
from keras_gt.layers.graph_readout import readout_spec
from keras_gt.ops.node_groups import check_packed, packed_ids


@keras.saving.register_keras_serializable(package="keras_gt")
class AttentionReadout(keras.layers.Layer):
    """Reduces the real nodes of each graph to one vector, weighted by a learned gate.

        r = sum_i softmax_i(a . h_i + b) h_i

    over the real nodes i of a graph. A graph without real nodes gives 0.

    Args:
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        node_features: (B, N, D) float.
        node_mask: (B, N) bool or None.
        graph_ids: (B, N) int32, the graph of each node in packed rows, or None.
        graph_mask: (B, G) bool, only its width G is used; required with `graph_ids`.

    Returns:
        (B, D), or (B, G, D) for packed rows.

    Raises:
        ValueError: if `graph_ids` comes without `graph_mask`.

    Example:
        >>> import numpy as np
        >>> tuple(AttentionReadout()(np.ones((2, 3, 5), "float32")).shape)
        (2, 5)

    Reference:
        Li et al., Gated Graph Sequence Neural Networks, 2016, https://arxiv.org/abs/1511.05493,
        equation 7, whose gates are sigmoids of a network, without a softmax over the nodes.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.gate = keras.layers.Dense(1, dtype=self.dtype_policy, name="gate")

    def build(self, node_features_shape):
        self.gate.build(node_features_shape)

    def call(self, node_features, node_mask=None, graph_ids=None, graph_mask=None):
        rows, width = ops.shape(node_features)[0], node_features.shape[-1]
        packed = graph_ids is not None
        if packed:
            check_packed(graph_mask)
        num_graphs = ops.shape(graph_mask)[1] if packed else 1
        if not packed:
            graph_ids = ops.zeros(ops.shape(node_features)[:2], dtype="int32")
        ids = packed_ids(graph_ids, num_graphs)
        scores = ops.reshape(self.gate(node_features), (-1, 1))  # (B N, 1)
        real = None if node_mask is None else ops.reshape(ops.cast(node_mask, "bool"), (-1,))
        weights = graph_ops.segment_softmax(scores, ids, rows * num_graphs, real)
        flat = ops.reshape(node_features, (-1, width))
        if real is not None:
            flat = ops.where(real[:, None], flat, ops.cast(0, flat.dtype))
        result = graph_ops.segment_sum(ops.cast(weights, flat.dtype) * flat, ids, rows * num_graphs)
        shape = (rows, num_graphs, width) if packed else (rows, width)
        return ops.reshape(result, shape)

    def compute_mask(self, inputs, previous_mask):
        return None  # the nodes' mask ends here

    def compute_output_spec(self, node_features, node_mask=None, graph_ids=None, graph_mask=None):
        return readout_spec(node_features, graph_ids, graph_mask, self.compute_dtype)

    def get_config(self):
        return {**super().get_config(), "dtype": serialized_policy(self)}
