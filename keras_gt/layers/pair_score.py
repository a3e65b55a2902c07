import keras
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.layers.graph_layer import check_positive, serialized_policy


@keras.saving.register_keras_serializable(package="keras_gt")
class PairScore(keras.layers.Layer):
    """Scores pairs of nodes by the dot product of their projections: a link decoder.

        s_ij = (W h_i) . (W h_j) / sqrt(units) + b

    Args:
        units: int, the width of the projection.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        pairs: (B, P, 2) int32.
        node_features: (B, N, F) float.
        mask: (B, P) bool or None, true for real pairs; becomes the Keras mask of the result.

    Returns:
        (B, P, 1) float32.

    Raises:
        ValueError: if units is not positive.

    Example:
        >>> import numpy as np
        >>> layer = PairScore(4)
        >>> tuple(layer(np.array([[[0, 1], [0, 2]]]), np.ones((1, 3, 5), "float32")).shape)
        (1, 2, 1)

    Reference:
        Kipf and Welling, 2016, https://arxiv.org/abs/1611.07308, equation 2.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        check_positive("units", units)
        self.supports_masking = True
        self.units = units
        self.projection = keras.layers.Dense(
            units, use_bias=False, dtype=self.dtype_policy, name="projection"
        )

    def build(self, pairs_shape, node_features_shape):
        self.projection.build(node_features_shape)
        self.bias = self.add_weight(name="bias", shape=(1,), initializer="zeros")

    def call(self, pairs, node_features, mask=None):
        rows, nodes = ops.shape(node_features)[0], ops.shape(node_features)[1]
        features = ops.reshape(self.projection(node_features), (-1, self.units))  # (B N, K)
        offset = ops.reshape(ops.arange(rows, dtype="int32") * nodes, (-1, 1, 1))
        index = ops.cast(pairs, "int32") + offset  # (B, P, 2)
        ends = graph_ops.gather_rows(features, ops.reshape(index, (-1,)))
        ends = ops.reshape(ends, (rows, -1, 2, self.units))  # (B, P, 2, K)
        score = ops.sum(ends[:, :, 0] * ends[:, :, 1], axis=-1, keepdims=True)
        return ops.cast(score * self.units**-0.5 + self.bias, "float32")  # (B, P, 1)

    def compute_output_spec(self, pairs, node_features, mask=None):
        return keras.KerasTensor((*pairs.shape[:2], 1), dtype="float32")

    def get_config(self):
        return {
            **super().get_config(),
            "dtype": serialized_policy(self),
            "units": self.units,
        }
