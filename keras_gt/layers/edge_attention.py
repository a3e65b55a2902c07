import keras
from keras import ops

from keras_gt.layers.clipped_exponential import EPSILON, clipped_exponential
from keras_gt.layers.graph_layer import (
    GraphLayer,
    check_edge_features,
    check_positive,
    check_rate,
    project,
    query_key_value,
    split_heads,
)


@keras.saving.register_keras_serializable(package="keras_gt")
class EdgeAttention(GraphLayer):
    """Dot-product attention whose scores are modulated by edge features, which it updates.

    The graph transformer's layer for graphs with edge features: with products over the K entries
    of a head,

        s_ij  = (Q h_i * K h_j / sqrt(K)) * E e_ij                      (K entries a head)
        w_ij  = exp(clip(sum s_ij, -5, 5)) / (sum_j exp(...) + 1e-6)
        h_i'  = O_h concat_heads(sum_j w_ij V h_j),   e_ij' = O_e concat_heads(s_ij)

    over the edges j -> i. The clipping and the 1e-6 are the authors' code's: where no score is
    clipped the weights are the softmax to 1e-6. The paper clamps the exponentials instead. Masked
    and isolated nodes get the bias of O_h.

    Args:
        num_heads: int, the number of heads H.
        head_dim: int, the size K of each head.
        output_dim: int D, the width of both results; None keeps H K.
        dropout: float in [0, 1), dropout on the attention weights in training.
        use_bias: bool, biases in Q, K, V and E (O_h and O_e always have one).
        seed: int or None, the seed of the dropout.
        **kwargs: of `GraphLayer`.

    Call arguments:
        As `GraphLayer`; `edge_features` are required.

    Returns:
        (node_features (B, N, D), edge_features (B, E, D) or (B, N, M, D)); with
        `return_attention_scores` a third entry, the attention weights.

    Raises:
        ValueError: for sizes that are not positive or if there are no edge features.

    Example:
        >>> import numpy as np
        >>> layer = EdgeAttention(num_heads=2, head_dim=4)
        >>> edges = {"senders": np.array([[0, 1]]), "receivers": np.array([[1, 2]])}
        >>> h, e = np.ones((1, 3, 5), "float32"), np.ones((1, 2, 3), "float32")
        >>> nodes, pairs = layer(h, edges, e)
        >>> tuple(nodes.shape), tuple(pairs.shape)
        ((1, 3, 8), (1, 2, 8))

    Reference:
        Dwivedi and Bresson, A Generalization of Transformer Networks to Graphs, 2021,
        https://arxiv.org/abs/2012.09699, equations 9 to 12.
    """

    updates_edges = True

    def __init__(
        self,
        num_heads,
        head_dim,
        output_dim=None,
        dropout=0.0,
        use_bias=False,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_positive("num_heads", num_heads)
        check_positive("head_dim", head_dim)
        check_rate("dropout", dropout)
        self.num_heads = num_heads
        self.head_dim = head_dim
        self.output_dim = output_dim
        self.dropout = dropout
        self.use_bias = use_bias
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed) if dropout else None
        width = num_heads * head_dim
        self.query = self._dense("query", width, use_bias)
        self.key = self._dense("key", width, use_bias)
        self.value = self._dense("value", width, use_bias)
        self.edge = self._dense("edge", width, use_bias)
        self.projection = self._dense("projection", output_dim or width, True)
        self.edge_projection = self._dense("edge_projection", output_dim or width, True)

    def _dense(self, name, units, use_bias):
        return keras.layers.Dense(units, use_bias=use_bias, dtype=self.dtype_policy, name=name)

    def build(self, node_features_shape, edge_features_shape, sender_features_shape=None):
        check_edge_features(self, edge_features_shape)
        sender_shape = sender_features_shape or node_features_shape
        width = self.num_heads * self.head_dim
        self.query.build(node_features_shape)
        self.key.build(sender_shape)
        self.value.build(sender_shape)
        self.edge.build(edge_features_shape)
        self.projection.build((*node_features_shape[:-1], width))
        self.edge_projection.build((*edge_features_shape[:-1], width))

    def _flat(self, x):
        return ops.reshape(x, (*ops.shape(x)[:-2], self.num_heads * self.head_dim))

    def call(
        self,
        node_features,
        edges=None,
        edge_features=None,
        *,
        sender_features=None,
        node_mask=None,
        attention_bias=None,
        training=None,
        return_attention_scores=False,
    ):
        edge_set = self.resolve(node_features, edges, sender_features, node_mask)
        layers = (self.query, self.key, self.value)
        # (B, N, H K), and twice (B, M, H K)
        query, key, value = query_key_value(layers, node_features, sender_features)
        joint, scores = edge_set.products(  # s_ij (B, E, H K), and (B, E, H)
            query * self.head_dim**-0.5, key, project(self.edge, edge_features), self.num_heads
        )
        if attention_bias is not None:
            scores = scores + edge_set.per_edge(attention_bias)
        weights = edge_set.shares(clipped_exponential(scores), EPSILON)  # (B, E, H)
        dropped = weights
        if training and self.dropout:
            dropped = weights * edge_set.dropout_factor(
                self.dropout, self.num_heads, self.seed_generator, weights.dtype
            )
        nodes = edge_set.aggregate(dropped, split_heads(value, self.num_heads))  # (B, N, H, K)
        nodes = project(self.projection, self._flat(nodes))  # (B, N, D)
        pairs = project(self.edge_projection, joint)  # (B, E, D)
        if not return_attention_scores:
            return nodes, pairs
        return nodes, pairs, ops.cast(weights, self.compute_dtype)

    def compute_output_spec(
        self,
        node_features,
        edges=None,
        edge_features=None,
        *,
        sender_features=None,
        node_mask=None,
        attention_bias=None,
        training=None,
        return_attention_scores=False,
    ):
        check_edge_features(self, edge_features)
        units = self.output_dim or self.num_heads * self.head_dim
        nodes = keras.KerasTensor((*node_features.shape[:-1], units), dtype=self.compute_dtype)
        pairs = keras.KerasTensor((*edge_features.shape[:-1], units), dtype=self.compute_dtype)
        if return_attention_scores:
            scores = self.scores_spec(node_features, edges, sender_features, self.num_heads)
            return nodes, pairs, scores
        return nodes, pairs

    def get_config(self):
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "head_dim": self.head_dim,
            "output_dim": self.output_dim,
            "dropout": self.dropout,
            "use_bias": self.use_bias,
            "seed": self.seed,
        }
