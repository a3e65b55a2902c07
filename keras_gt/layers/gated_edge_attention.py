import keras
from keras import ops

from keras_gt.layers.graph_layer import (
    GraphLayer,
    check_edge_features,
    check_positive,
    check_rate,
    project,
    projections,
    query_key_value,
    split_heads,
)

_CLAMP = 5.0
_MASKED = -1e9  # below every score, above the value of pairs that are no edges


@keras.saving.register_keras_serializable(package="keras_gt")
class GatedEdgeAttention(GraphLayer):
    """Attention whose scores are biased and gated by edge channels, which it updates.

    The attention of the edge-augmented graph transformer: for each head

        s_ij = clip(Q h_i . K h_j / sqrt(K), -5, 5) + E e_ij
        a_ij = softmax_j(s_ij) sigmoid(G e_ij)
        h_i' = O_h concat_heads(c_i sum_j a_ij V h_j),   e_ij' = O_e concat_heads(s_ij)

    over the edges j -> i. c_i = log(1 + sum_j sigmoid(G e_ij)) with `scale_degree`, which tells a
    node how many others it reads, else c_i = 1. A gate lets a head read nobody, which a softmax
    cannot. Masked and isolated nodes get the bias of O_h.

    The clipping lies between the product and the edge term, as in the authors' code. Their
    TensorFlow code leaves the division by sqrt(K) out; their paper and PyTorch code have it.

    Args:
        num_heads: int, the number of heads H.
        head_dim: int, the size K of each head.
        output_dim: int D, the width of the nodes' result; None keeps H K.
        edge_dim: int, the width of the updated edges; None leaves the edges as they are, and the
            layer returns the nodes alone.
        scale_degree: bool, scales by the logarithm of the sum of the gates.
        num_virtual_nodes: int, the first nodes of each row, which `scale_degree` leaves alone.
        dropout: float in [0, 1), dropout on the gated weights in training.
        mask_rate: float in [0, 1), the fraction of entries that scores and gates leave out at
            random in training.
        seed: int or None, the seed of dropout and random masks.
        **kwargs: of `GraphLayer`.

    Call arguments:
        As `GraphLayer`; `edge_features` are required.

    Returns:
        (node_features (B, N, D), edge_features (B, E, edge_dim) or (B, N, M, edge_dim)), or
        node_features alone without `edge_dim`; with `return_attention_scores` the gated weights
        come last.

    Raises:
        ValueError: for sizes that are not positive or if there are no edge features.

    Example:
        >>> import numpy as np
        >>> layer = GatedEdgeAttention(num_heads=2, head_dim=4, edge_dim=3)
        >>> nodes, pairs = layer(np.ones((1, 3, 8)), None, np.ones((1, 3, 3, 3)))
        >>> tuple(nodes.shape), tuple(pairs.shape)
        ((1, 3, 8), (1, 3, 3, 3))

    Reference:
        Hussain, Zaki and Subramanian, Global Self-Attention as a Replacement for Graph
        Convolution, 2022, https://arxiv.org/abs/2108.03348, section 3.
    """

    def __init__(
        self,
        num_heads,
        head_dim,
        output_dim=None,
        edge_dim=None,
        scale_degree=False,
        num_virtual_nodes=0,
        dropout=0.0,
        mask_rate=0.0,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_positive("num_heads", num_heads)
        check_positive("head_dim", head_dim)
        check_rate("dropout", dropout)
        check_rate("mask_rate", mask_rate)
        if edge_dim is not None:
            check_positive("edge_dim", edge_dim)
        self.num_heads = num_heads
        self.head_dim = head_dim
        self.output_dim = output_dim
        self.edge_dim = edge_dim
        self.scale_degree = scale_degree
        self.num_virtual_nodes = num_virtual_nodes
        self.dropout = dropout
        self.mask_rate = mask_rate
        self.seed = seed
        random = dropout or mask_rate
        self.seed_generator = keras.random.SeedGenerator(seed) if random else None
        width = num_heads * head_dim
        self.query = self._dense("query", width)
        self.key = self._dense("key", width)
        self.value = self._dense("value", width)
        self.edge = self._dense("edge", num_heads)
        self.gate = self._dense("gate", num_heads)
        self.projection = self._dense("projection", output_dim or width)
        self.edge_projection = None
        if edge_dim is not None:
            self.edge_projection = self._dense("edge_projection", edge_dim)

    @property
    def updates_edges(self):
        return self.edge_dim is not None

    def _dense(self, name, units):
        return keras.layers.Dense(units, dtype=self.dtype_policy, name=name)

    def build(self, node_features_shape, edge_features_shape=None, sender_features_shape=None):
        check_edge_features(self, edge_features_shape)
        sender_shape = sender_features_shape or node_features_shape
        self.query.build(node_features_shape)
        self.key.build(sender_shape)
        self.value.build(sender_shape)
        self.edge.build(edge_features_shape)
        self.gate.build(edge_features_shape)
        self.projection.build((*node_features_shape[:-1], self.num_heads * self.head_dim))
        if self.edge_projection is not None:
            self.edge_projection.build((*edge_features_shape[:-1], self.num_heads))

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
        query, key, value = (  # (B, N, H, K), and twice (B, M, H, K)
            split_heads(x, self.num_heads)
            for x in query_key_value(layers, node_features, sender_features)
        )
        added, gates = projections([self.edge, self.gate], edge_features)  # (B, E, H)
        scores = edge_set.per_edge(edge_set.dot_scores(query, key, self.head_dim**-0.5))
        scores = ops.clip(scores, -_CLAMP, _CLAMP) + added  # s_ij, (B, E, H)
        if attention_bias is not None:
            scores = scores + edge_set.per_edge(attention_bias)
        pairs = None if self.edge_dim is None else project(self.edge_projection, scores)
        gates = ops.sigmoid(ops.cast(gates, "float32"))
        scores = ops.cast(scores, "float32")
        if training and self.mask_rate:
            kept = edge_set.per_edge(self._factor(edge_set, self.mask_rate)) > 0
            scores = ops.where(kept, scores, _MASKED)
            gates = ops.where(kept, gates, 0.0)
        weights = edge_set.softmax(edge_set.edge_scores(scores)) * edge_set.edge_scores(gates)
        dropped = weights
        if training and self.dropout:
            dropped = weights * self._factor(edge_set, self.dropout)
        nodes = edge_set.aggregate(dropped, value)  # (B, N, H, K)
        if self.scale_degree:
            scale = self._degree_scale(edge_set.sum(gates))  # (B, N, H)
            nodes = nodes * ops.cast(scale, nodes.dtype)[..., None]
        width = self.num_heads * self.head_dim
        nodes = ops.reshape(nodes, (*ops.shape(nodes)[:2], width))
        nodes = project(self.projection, nodes)  # (B, N, D)
        result = (nodes,) if pairs is None else (nodes, pairs)
        if return_attention_scores:
            result = (*result, ops.cast(weights, self.compute_dtype))
        return result if len(result) > 1 else nodes

    def _factor(self, edge_set, rate):
        return edge_set.dropout_factor(rate, self.num_heads, self.seed_generator, "float32")

    def _degree_scale(self, degree):
        """log(1 + degree), and 1 for the virtual nodes."""
        scale = ops.log1p(degree)
        virtual = scale[:, : self.num_virtual_nodes]
        others = scale[:, self.num_virtual_nodes :]
        return ops.concatenate([ops.ones_like(virtual), others], axis=1)

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
        shapes = [(*node_features.shape[:-1], units)]
        if self.edge_dim is not None:
            shapes.append((*edge_features.shape[:-1], self.edge_dim))
        result = tuple(keras.KerasTensor(shape, dtype=self.compute_dtype) for shape in shapes)
        if return_attention_scores:
            scores = self.scores_spec(node_features, edges, sender_features, self.num_heads)
            result = (*result, scores)
        return result if len(result) > 1 else result[0]

    def get_config(self):
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "head_dim": self.head_dim,
            "output_dim": self.output_dim,
            "edge_dim": self.edge_dim,
            "scale_degree": self.scale_degree,
            "num_virtual_nodes": self.num_virtual_nodes,
            "dropout": self.dropout,
            "mask_rate": self.mask_rate,
            "seed": self.seed,
        }
