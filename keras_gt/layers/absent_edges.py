import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras_gt")
class AbsentEdges(keras.layers.Layer):
    """Adds the absent edges of a graph: one between any two nodes that no real edge joins.

    The result is what `FullGraphAttention` reads: who may read whom, and for each pair first a
    mark, 1 for a real edge and 0 for an absent one, then its features. All absent edges have the
    same, learned features. A node reads itself only along a real edge.

    Args:
        initializer: initializer of the features of absent edges.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        pair_features: (B, N, N, C) float, see `PairFeatures`; read at real edges alone.
        edges: (B, N, N) bool, the real edges, see `PairMask`.
        pairs: (B, N, N) bool, the pairs of nodes of the same graph.

    Returns:
        ((B, N, N) bool, true for real and absent edges, and (B, N, N, 1 + C) features).

    Example:
        >>> import keras
        >>> import numpy as np
        >>> edges = np.array([[[False, True, False], [False] * 3, [False] * 3]])
        >>> features = np.ones((1, 3, 3, 2), "float32")
        >>> every, marked = AbsentEdges()(features, edges, np.ones((1, 3, 3), bool))
        >>> keras.ops.convert_to_numpy(every)[0].astype(int).tolist()
        [[0, 1, 1], [1, 0, 1], [1, 1, 0]]
        >>> keras.ops.convert_to_numpy(marked)[0, 0, :, 0].tolist()
        [0.0, 1.0, 0.0]

    Reference:
        Kreuzer et al., Rethinking Graph Transformers with Spectral Attention, 2021,
        https://arxiv.org/abs/2106.03893, its main graph transformer.
    """

    def __init__(self, initializer="random_normal", **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.initializer = keras.initializers.get(initializer)

    def build(self, pair_features_shape):
        self.absent = self.add_weight(
            name="absent", shape=(pair_features_shape[-1],), initializer=self.initializer
        )

    def call(self, pair_features, edges, pairs):
        real = ops.cast(edges, "bool")
        node = ops.arange(ops.shape(real)[1], dtype="int32")
        others = ops.not_equal(node[:, None], node[None])
        absent = ops.logical_and(ops.cast(pairs, "bool"), others)  # (B, N, N)
        features = ops.where(
            real[..., None], pair_features, ops.cast(self.absent, pair_features.dtype)
        )
        mark = ops.cast(real, features.dtype)[..., None]
        return ops.logical_or(real, absent), ops.concatenate([mark, features], axis=-1)

    def compute_mask(self, inputs, previous_mask):
        return None  # the pairs' mask is a result

    def compute_output_spec(self, pair_features, edges, pairs):
        *axes, width = pair_features.shape
        features = keras.KerasTensor((*axes, 1 + width), dtype=self.compute_dtype)
        return keras.KerasTensor(axes, dtype="bool"), features

    def get_config(self):
        initializer = keras.initializers.serialize(self.initializer)
        return {**super().get_config(), "initializer": initializer}
