import keras
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.layers.graph_layer import (
    GraphLayer,
    check_each_edge,
    check_positive,
    check_rate,
    factors_of,
    project,
    projections,
    split_heads,
    weight_of,
)

_CLAMP = 5.0


@keras.saving.register_keras_serializable(package="keras_gt")
class ConditionalEdgeAttention(GraphLayer):
    """Attention whose scores a small MLP computes from both nodes and the edge, which it updates.

    The graph inductive bias transformer's (GRIT's) layer. For each head, with K entries,

        e_ij' = ReLU(r((Q h_i + K h_j) * E_w e_ij) + E_b e_ij),   r(x) = sign(x) sqrt|x|
        w_ij  = softmax_j(clip(a . e_ij', -5, 5))
        h_i'  = sum_j w_ij (V h_j + U e_ij')

    over the edges j -> i; the heads are concatenated in both results. Q, E_w and E_b have biases.
    The edge conditions what is compared, so that on the complete graph an encoding of the pair
    (`random_walk_pairs`) stands in for message passing. The clipping is the authors' code's, whose
    projections after the heads are the caller's here: a degree scaler comes before them
    (`DegreeScaler`). Masked and isolated nodes get 0, and so do masked pairs.

    Args:
        num_heads: int, the number of heads H.
        head_dim: int, the size K of each head.
        dropout: float in [0, 1), dropout on the attention weights in training.
        seed: int or None, the seed of the dropout.
        **kwargs: of `GraphLayer`.

    Call arguments:
        As `GraphLayer`; `edge_features` are required.

    Returns:
        (node_features (B, N, H K), edge_features (B, E, H K) or (B, N, M, H K)); with
        `return_attention_scores` a third entry, the attention weights.

    Raises:
        ValueError: for sizes that are not positive or if there are no edge features.

    Example:
        >>> import numpy as np
        >>> layer = ConditionalEdgeAttention(num_heads=2, head_dim=4)
        >>> h, e = np.ones((1, 3, 5), "float32"), np.ones((1, 3, 3, 6), "float32")
        >>> nodes, pairs = layer(h, None, e)
        >>> tuple(nodes.shape), tuple(pairs.shape)
        ((1, 3, 8), (1, 3, 3, 8))

    Reference:
        Ma et al., Graph Inductive Biases in Transformers without Message Passing, 2023,
        https://arxiv.org/abs/2305.17589, section 3.2, equation 2.
    """

    updates_edges = True

    def __init__(self, num_heads, head_dim, dropout=0.0, seed=None, **kwargs):
        super().__init__(**kwargs)
        check_positive("num_heads", num_heads)
        check_positive("head_dim", head_dim)
        check_rate("dropout", dropout)
        self.num_heads = num_heads
        self.head_dim = head_dim
        self.dropout = dropout
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed) if dropout else None
        width = num_heads * head_dim
        self.query = self._dense("query", width, True)
        self.key = self._dense("key", width, False)
        self.value = self._dense("value", width, False)
        self.edge = self._dense("edge", 2 * width, True)  # E_w beside E_b

    def _dense(self, name, units, use_bias):
        return keras.layers.Dense(
            units,
            use_bias=use_bias,
            kernel_initializer="glorot_normal",
            dtype=self.dtype_policy,
            name=name,
        )

    def build(self, node_features_shape, edge_features_shape, sender_features_shape=None):
        check_each_edge(self, edge_features_shape)
        sender_shape = sender_features_shape or node_features_shape
        self.query.build(node_features_shape)
        self.key.build(sender_shape)
        self.value.build(sender_shape)
        self.edge.build(edge_features_shape)
        heads, size = self.num_heads, self.head_dim
        spread = (2 / (heads + size)) ** 0.5  # the authors': Glorot's, the heads as inputs
        self.score_vector = self.add_weight(
            name="score_vector",
            shape=(heads, size),
            initializer=keras.initializers.RandomNormal(stddev=spread),
        )
        self.edge_value = self.add_weight(
            name="edge_value",
            shape=(heads, size, size),
            initializer=keras.initializers.RandomNormal(stddev=spread * size**-0.5),
        )

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
        sender = node_features if sender_features is None else sender_features
        factor = None
        if training and self.dropout:
            factor = edge_set.dropout_factor(
                self.dropout, self.num_heads, self.seed_generator, self.compute_dtype
            )
        values, read, pairs, weights = graph_ops.conditional_attention(
            edge_set,
            project(self.query, node_features),
            *projections([self.key, self.value], sender),
            *factors_of(self.edge, edge_features),
            weight_of(self.score_vector, self.compute_dtype),
            _CLAMP,
            attention_bias,
            factor,
            return_attention_scores,
        )
        read = split_heads(read, self.num_heads)  # (B, N, H, K)
        read = ops.einsum("bnhk,hkv->bnhv", read, self.edge_value)
        nodes = values + graph_ops.reshape(read, ops.shape(values))  # (B, N, H K)
        return (nodes, pairs, weights) if return_attention_scores else (nodes, pairs)

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
        if edge_features is None:
            raise ValueError(
                "edge_features must be given to ConditionalEdgeAttention, whose scores they "
                "condition. Give each pair an encoding such as random_walk_pairs. Received: "
                "edge_features=None"
            )
        units = self.num_heads * self.head_dim
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
            "dropout": self.dropout,
            "seed": self.seed,
        }
