import keras
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.layers.direct_call import called_directly
from keras_gt.layers.graph_layer import serialized_policy


@keras.saving.register_keras_serializable(package="keras_gt")
@called_directly(takes_training=False)
class DegreeScaler(keras.layers.Layer):
    """Scales each feature of a node by a learned function of the node's degree.

        h_i' = (a + b log(1 + d_i)) * h_i

    with a and b a number for each feature and d_i the number of real edges into node i. Attention
    is an average and does not see how many neighbours there are: this puts it back.

    Args:
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        node_features: (B, N, D) float.
        edges: dictionary with `senders` and `receivers` (B, E) and optional `mask`, or a
            (B, N, N) adjacency; the graph's own edges, not those that attention runs over.

    Returns:
        (B, N, D).

    Example:
        >>> import numpy as np
        >>> edges = {"senders": np.array([[0, 1]]), "receivers": np.array([[2, 2]])}
        >>> tuple(DegreeScaler()(np.ones((1, 3, 4), "float32"), edges).shape)
        (1, 3, 4)

    Reference:
        Ma et al., Graph Inductive Biases in Transformers without Message Passing, 2023,
        https://arxiv.org/abs/2305.17589, section 3.3. Corso et al., Principal Neighbourhood
        Aggregation for Graph Nets, 2020, https://arxiv.org/abs/2004.05718.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, node_features_shape):
        width = node_features_shape[-1]
        for name in ("scale", "degree_scale"):
            # The authors' draw: Glorot's for a tensor of (1, width, 2).
            initializer = keras.initializers.RandomNormal(stddev=(width + 1) ** -0.5)
            weight = self.add_weight(name=name, shape=(width,), initializer=initializer)
            setattr(self, name, weight)

    def call(self, node_features, edges):
        edge_set = graph_ops.resolve_edges(edges, node_features)
        degree = ops.cast(edge_set.degree("float32"), "float32")  # (B, N, 1)
        log_degree = ops.cast(ops.log1p(degree), node_features.dtype)
        return node_features * (self.scale + self.degree_scale * log_degree)

    def compute_output_spec(self, node_features, edges):
        return keras.KerasTensor(node_features.shape, dtype=self.compute_dtype)

    def get_config(self):
        return {**super().get_config(), "dtype": serialized_policy(self)}
