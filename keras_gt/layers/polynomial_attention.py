import keras
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.layers.graph_layer import (
    check_positive,
    project,
    projections,
    serialized_policy,
    split_heads,
)
from keras_gt.layers.polynomial_graph_block import add_beta, beta_value, check_beta

_SMALL = 1e-6  # below the sum of the scores of a single real node


@keras.saving.register_keras_serializable(package="keras_gt")
class PolynomialAttention(keras.layers.Layer):
    """Polynormer's global attention: what a node reads of all nodes, times its own gate.

    With s the sigmoid, for each head

        r_i = sum_j (s(Q h_i) . s(K h_j)) V h_j / sum_j s(Q h_i) . s(K h_j)
        h_i' = LayerNorm(r_i) * (W h_i + beta)

    over the real nodes j of i's graph, the heads side by side and * entry by entry: the features
    meet their own neighbourhood in a product, so each layer doubles the degree of the polynomial
    that the model is. K h and V h are summed over j before Q h_i enters: the cost is linear in
    the number of nodes. By default Q = K, as in the authors' code, which also has the norm. The
    output projection, the activation and the dropout are left to the caller. Masked nodes are
    read by nobody.

    Args:
        num_heads: int, the number of heads H.
        head_dim: int, the size K of each head.
        share_query_key: bool, whether one projection serves as query and key, default True.
        beta: float in [0, 1], where beta begins; None for the sigmoid of weights that begin near 0.
        use_bias: bool, a bias in the projections.
        epsilon: float, added to the variance by the norm.
        kernel_initializer: initializer of the projections.
        kernel_regularizer: regularizer of the projections.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        node_features: (B, N, F) float.
        node_mask: (B, N) bool or None.
        graph_ids: (B, N) int32, the graph of each node in packed rows, or None.
        graph_mask: (B, G) bool, only its width G is used; required with `graph_ids`.

    Returns:
        (B, N, H K).

    Raises:
        ValueError: for sizes that are not positive, a beta outside [0, 1], or `graph_ids` without
            `graph_mask`.

    Example:
        >>> import numpy as np
        >>> layer = PolynomialAttention(num_heads=2, head_dim=4)
        >>> tuple(layer(np.ones((1, 3, 5), "float32")).shape)
        (1, 3, 8)

    Reference:
        Deng, Yue and Zhang, Polynormer: Polynomial-Expressive Graph Transformer in Linear Time,
        2024, https://arxiv.org/abs/2403.01232, section 3.2.
    """

    def __init__(
        self,
        num_heads,
        head_dim,
        share_query_key=True,
        beta=None,
        use_bias=True,
        epsilon=1e-5,
        kernel_initializer="glorot_uniform",
        kernel_regularizer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_positive("num_heads", num_heads)
        check_positive("head_dim", head_dim)
        check_beta(beta)
        self.supports_masking = True
        self.num_heads = num_heads
        self.head_dim = head_dim
        self.share_query_key = share_query_key
        self.beta = beta
        self.use_bias = use_bias
        self.epsilon = epsilon
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.gate = self._dense("gate", True)
        self.query = None if share_query_key else self._dense("query", use_bias)
        self.key = self._dense("key", use_bias)
        self.value = self._dense("value", use_bias)
        self.norm = keras.layers.LayerNormalization(
            epsilon=epsilon, dtype=self.dtype_policy, name="norm"
        )

    def _dense(self, name, use_bias):
        return keras.layers.Dense(
            self.num_heads * self.head_dim,
            use_bias=use_bias,
            kernel_initializer=self.kernel_initializer.clone(),
            kernel_regularizer=self.kernel_regularizer,
            dtype=self.dtype_policy,
            name=name,
        )

    def build(self, node_features_shape):
        for layer in (self.gate, self.query, self.key, self.value):
            if layer is not None:
                layer.build(node_features_shape)
        width = self.num_heads * self.head_dim
        self.norm.build((*node_features_shape[:-1], width))
        add_beta(self, width)

    def call(self, node_features, node_mask=None, graph_ids=None, graph_mask=None):
        groups = graph_ops.NodeGroups(node_mask, graph_ids, graph_mask)
        layers = [self.gate, self.value, self.key]
        layers += [] if self.query is None else [self.query]
        gate, value, *scored = projections(layers, node_features)  # (B, N, H K) each
        key, *query = (split_heads(ops.sigmoid(x), self.num_heads) for x in scored)  # (B, N, H, K)
        query = query[0] if query else key
        value = split_heads(value, self.num_heads)
        read, scores = graph_ops.linear_attention(query, key, value, groups)
        result = graph_ops.divide_rows(read, ops.maximum(scores, _SMALL))  # (B, N, H, K)
        shape = (*ops.shape(result)[:2], self.num_heads * self.head_dim)
        result = ops.cast(ops.reshape(result, shape), self.compute_dtype)  # (B, N, H K)
        return project(self.norm, result) * (gate + beta_value(self))

    def compute_output_spec(self, node_features, node_mask=None, graph_ids=None, graph_mask=None):
        shape = (*node_features.shape[:-1], self.num_heads * self.head_dim)
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self):
        return {
            **super().get_config(),
            "dtype": serialized_policy(self),
            "num_heads": self.num_heads,
            "head_dim": self.head_dim,
            "share_query_key": self.share_query_key,
            "beta": self.beta,
            "use_bias": self.use_bias,
            "epsilon": self.epsilon,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }
