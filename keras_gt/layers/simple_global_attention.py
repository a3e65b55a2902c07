import keras
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.layers.graph_layer import (
    check_choice,
    check_positive,
    projections,
    serialized_policy,
    split_heads,
)

_SMALL = 1e-24  # below the square of any norm that is not zero


@keras.saving.register_keras_serializable(package="keras_gt")
class SimpleGlobalAttention(keras.layers.Layer):
    """Lets each node read all nodes of its graph at a cost linear in their number (SGFormer).

    With n the number of real nodes of the graph, q~ and k~ the queries and keys at norm one, for
    each head

        h_i' = (V h_i + 1/n sum_j (q~_i . k~_j) V h_j) / (1 + 1/n sum_j q~_i . k~_j)

    and the heads are averaged. The product over all pairs is never made: k~ and V h are summed
    over j first. In the paper the matrix of all queries has norm one (Frobenius), and so has that
    of all keys; with several heads over all of them, as in the authors' code. There the scores
    shrink as graphs grow, and PyG gives each node's vector norm one instead. The activation, the
    residual and the norm are left to the caller. Masked nodes are read by nobody.

    Args:
        num_heads: int, the number of heads H.
        head_dim: int, the size K of each head and of the result.
        unit_norm: "graph", all of a graph's queries together have norm one (the paper), or
            "node", each of them has, default "graph".
        use_bias: bool, a bias in the projections.
        kernel_initializer: initializer of the projections.
        kernel_regularizer: regularizer of the projections.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        node_features: (B, N, F) float.
        node_mask: (B, N) bool or None.
        graph_ids: (B, N) int32, the graph of each node in packed rows, or None.
        graph_mask: (B, G) bool, only its width G is used; required with `graph_ids`.

    Returns:
        (B, N, K).

    Raises:
        ValueError: for sizes that are not positive, an unknown unit_norm, or `graph_ids` without
            `graph_mask`.

    Example:
        >>> import numpy as np
        >>> layer = SimpleGlobalAttention(num_heads=1, head_dim=4)
        >>> tuple(layer(np.ones((1, 3, 5), "float32")).shape)
        (1, 3, 4)

    Reference:
        Wu et al., SGFormer: Simplifying and Empowering Transformers for Large-Graph
        Representations, 2023, https://arxiv.org/abs/2306.10759.
    """

    def __init__(
        self,
        num_heads,
        head_dim,
        unit_norm="graph",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        kernel_regularizer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_positive("num_heads", num_heads)
        check_positive("head_dim", head_dim)
        check_choice("unit_norm", unit_norm, ("graph", "node"))
        self.supports_masking = True
        self.num_heads = num_heads
        self.head_dim = head_dim
        self.unit_norm = unit_norm
        self.use_bias = use_bias
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.query, self.key, self.value = (
            keras.layers.Dense(
                num_heads * head_dim,
                use_bias=use_bias,
                kernel_initializer=self.kernel_initializer.clone(),
                kernel_regularizer=self.kernel_regularizer,
                dtype=self.dtype_policy,
                name=name,
            )
            for name in ("query", "key", "value")
        )

    def build(self, node_features_shape):
        for layer in (self.query, self.key, self.value):
            layer.build(node_features_shape)

    def call(self, node_features, node_mask=None, graph_ids=None, graph_mask=None):
        groups = graph_ops.NodeGroups(node_mask, graph_ids, graph_mask)
        query, key, value = (
            groups.real(split_heads(x, self.num_heads))
            for x in projections((self.query, self.key, self.value), node_features)
        )  # (B, N, H, K)
        query, key = self._unit(query, groups), self._unit(key, groups)
        inverse = 1 / groups.count(value)[..., None]  # 1 / n, (B, G, 1, 1)
        read, scores = graph_ops.linear_attention(query, key, value, groups, inverse)
        result = graph_ops.divide_rows(value + read, 1 + scores)  # (B, N, H, K)
        result = result[:, :, 0] if self.num_heads == 1 else ops.mean(result, axis=2)
        return ops.cast(result, self.compute_dtype)  # (B, N, K)

    def _unit(self, x, groups):
        """x (B, N, H, K) at norm one."""
        if self.unit_norm == "node":
            return graph_ops.unit_rows(x, _SMALL)
        squares = ops.sum(ops.square(x), axis=(2, 3), keepdims=True)  # (B, N, 1, 1)
        squares = groups.of_nodes(groups.sum(squares))
        return x * ops.rsqrt(ops.maximum(squares, _SMALL))

    def compute_output_spec(self, node_features, node_mask=None, graph_ids=None, graph_mask=None):
        shape = (*node_features.shape[:-1], self.head_dim)
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self):
        return {
            **super().get_config(),
            "dtype": serialized_policy(self),
            "num_heads": self.num_heads,
            "head_dim": self.head_dim,
            "unit_norm": self.unit_norm,
            "use_bias": self.use_bias,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }
