import keras
from keras import ops

from keras_gt.layers.graph_layer import (
    GraphLayer,
    check_positive,
    check_rate,
    split_heads,
)

_CLAMP = 5.0


def signed_root(x):
    """sqrt(x) for positive x, -sqrt(-x) for negative x; the gradient at 0 is 0."""
    magnitude = ops.abs(x)
    real = magnitude > 0
    root = ops.sqrt(ops.where(real, magnitude, ops.cast(1, x.dtype)))
    return ops.where(real, ops.sign(x) * root, ops.cast(0, x.dtype))


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
    (`DegreeScaler`). Masked and isolated nodes get 0.

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
        pairs = self._updated(edge_set, node_features, sender, edge_features)  # (B, E, H K)
        heads = split_heads(pairs, self.num_heads)  # (B, E, H, K)
        scores = ops.clip(ops.sum(heads * self.score_vector, axis=-1), -_CLAMP, _CLAMP)
        scores = edge_set.edge_scores(scores)
        if attention_bias is not None:
            scores = scores + attention_bias
        weights = ops.cast(edge_set.softmax(scores), self.compute_dtype)
        dropped = weights
        if training and self.dropout:
            dropped = weights * edge_set.dropout_factor(
                self.dropout, self.num_heads, self.seed_generator, self.compute_dtype
            )
        nodes = edge_set.aggregate(dropped, split_heads(self.value(sender), self.num_heads))
        read = edge_set.sum(heads * edge_set.per_edge(dropped)[..., None])  # (B, N, H, K)
        nodes = nodes + ops.einsum("bnhk,hkv->bnhv", read, self.edge_value)
        width = self.num_heads * self.head_dim
        nodes = ops.reshape(nodes, (*ops.shape(nodes)[:2], width))  # (B, N, H K)
        return (nodes, pairs, weights) if return_attention_scores else (nodes, pairs)

    def _updated(self, edge_set, receiver, sender, edge_features):
        """The new edges: (B, E, H K)."""
        scale, shift = ops.split(self.edge(edge_features), 2, axis=-1)  # (B, E, H K) each
        query = edge_set.receivers_of(self.query(receiver))
        joint = (query + edge_set.senders_of(self.key(sender))) * scale
        return ops.relu(signed_root(joint) + shift)

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
