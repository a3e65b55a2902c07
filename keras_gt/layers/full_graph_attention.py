import keras
from keras import ops

from keras_gt.layers.clipped_exponential import EPSILON, clipped_exponential
from keras_gt.layers.dropout import Dropout
from keras_gt.layers.graph_layer import (
    GraphLayer,
    check_edge_features,
    check_positive,
    in_type,
    is_plain,
    project,
    projections,
    split_heads,
    weights_of,
)


@keras.saving.register_keras_serializable(package="keras_gt")
class FullGraphAttention(GraphLayer):
    """Attention over all pairs in which real edges and absent ones have weights of their own.

    The attention of the spectral attention network: with products over the K entries of a head,

        s_ij = sum (Q h_i * K h_j / sqrt(K)) * E e_ij         where j -> i is a real edge
        s_ij = sum (Q' h_i * K' h_j / sqrt(K)) * E' e_ij      where it is an absent one
        w_ij = g_ij exp(clip(s_ij, -5, 5)) / (sum_j g_ij exp(clip(s_ij, -5, 5)) + 1e-6)
        h_i' = O concat_heads(sum_j w_ij V h_j)

    with g_ij = 1 / (1 + gamma) for real edges and gamma / (1 + gamma) for absent ones: gamma = 0
    reads the real edges alone, 1 all pairs alike. The paper writes a softmax for each kind of
    edge; as in the authors' code, which also clips and adds the 1e-6, one sum runs over both.
    Masked and isolated nodes get the bias of O.

    `AbsentEdges` makes the edges and their features for a whole graph.

    Args:
        num_heads: int, the number of heads H.
        head_dim: int, the size K of each head.
        gamma: float, 0 or more, how much absent edges count.
        output_dim: int D, the width of the result; None keeps H K.
        dropout: float in [0, 1), on the concatenated heads in training.
        seed: int or None, the seed of the dropout.
        **kwargs: of `GraphLayer`.

    Call arguments:
        As `GraphLayer`; `edge_features` are required, (B, E, 1 + C) or (B, N, M, 1 + C): first 1
        for a real edge or 0 for an absent one, then the features e_ij.

    Returns:
        (B, N, D); with `return_attention_scores` also the attention weights.

    Raises:
        ValueError: for sizes that are not positive, a gamma below 0, or if there are no edge
            features after the mark.

    Example:
        >>> import numpy as np
        >>> layer = FullGraphAttention(num_heads=2, head_dim=4)
        >>> tuple(layer(np.ones((1, 3, 8)), None, np.ones((1, 3, 3, 1 + 5))).shape)
        (1, 3, 8)

    Reference:
        Kreuzer et al., Rethinking Graph Transformers with Spectral Attention, 2021,
        https://arxiv.org/abs/2106.03893, equations 3 to 5.
    """

    def __init__(
        self,
        num_heads,
        head_dim,
        gamma=1e-5,
        output_dim=None,
        dropout=0.0,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_positive("num_heads", num_heads)
        check_positive("head_dim", head_dim)
        if gamma < 0:
            raise ValueError(
                "gamma must be 0 or more. Give how much an absent edge counts beside a real one. "
                f"Received: gamma={gamma}"
            )
        self.num_heads = num_heads
        self.head_dim = head_dim
        self.gamma = gamma
        self.output_dim = output_dim
        self.dropout = dropout
        self.seed = seed
        width = num_heads * head_dim
        self.query, self.absent_query = self._dense("query"), self._dense("absent_query")
        self.key, self.absent_key = self._dense("key"), self._dense("absent_key")
        self.edge, self.absent_edge = self._dense("edge"), self._dense("absent_edge")
        self.value = self._dense("value")
        self.drop = Dropout(dropout, seed=seed, dtype=self.dtype_policy, name="drop")
        self.projection = keras.layers.Dense(
            output_dim or width, dtype=self.dtype_policy, name="projection"
        )

    def _dense(self, name):
        width = self.num_heads * self.head_dim
        return keras.layers.Dense(width, use_bias=False, dtype=self.dtype_policy, name=name)

    def build(self, node_features_shape, edge_features_shape=None, sender_features_shape=None):
        self._check_edge_features(edge_features_shape, edge_features_shape)
        sender_shape = sender_features_shape or node_features_shape
        features_shape = (*edge_features_shape[:-1], edge_features_shape[-1] - 1)
        for layer in (self.query, self.absent_query):
            layer.build(node_features_shape)
        for layer in (self.key, self.absent_key, self.value):
            layer.build(sender_shape)
        for layer in (self.edge, self.absent_edge):
            layer.build(features_shape)
        self.projection.build((*node_features_shape[:-1], self.num_heads * self.head_dim))

    def _check_edge_features(self, edge_features, shape):
        check_edge_features(self, edge_features)
        if shape[-1] < 2:
            raise ValueError(
                "edge_features must have at least one column after the mark of real edges. Use "
                f"AbsentEdges to make them. Received: edge_features of shape {tuple(shape)}"
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
        scores = self._scores(edge_set, node_features, sender, edge_features)
        scores = ops.cast(scores, "float32")  # (B, E, H)
        if attention_bias is not None:
            scores = scores + ops.cast(edge_set.per_edge(attention_bias), scores.dtype)
        real = edge_features[..., :1] > 0.5
        share = ops.where(real, 1 / (1 + self.gamma), self.gamma / (1 + self.gamma))  # g_ij
        weights = share * clipped_exponential(scores)  # (B, E, H)
        scores = edge_set.shares(weights, EPSILON)
        value = split_heads(project(self.value, sender), self.num_heads)  # (B, M, H, K)
        nodes = edge_set.aggregate(scores, value)  # (B, N, H, K)
        width = self.num_heads * self.head_dim
        nodes = ops.reshape(nodes, (*ops.shape(nodes)[:2], width))  # (B, N, H K)
        nodes = project(self.projection, self.drop(nodes, training=training))  # (B, N, D)
        return (nodes, ops.cast(scores, self.compute_dtype)) if return_attention_scores else nodes

    def _scores(self, edge_set, node_features, sender, edge_features):
        """s_ij of each edge by its kind, (B, E, H)."""
        queries = [
            project(query, node_features) * self.head_dim**-0.5  # (B, N, H K)
            for query in (self.query, self.absent_query)
        ]
        keys = [project(key, sender) for key in (self.key, self.absent_key)]  # (B, M, H K)
        dense = [self.edge, self.absent_edge]
        if all(map(is_plain, dense)):
            kernels, _ = weights_of(dense, self.compute_dtype)
            parts = zip(queries, keys, kernels, strict=True)
            features = in_type(edge_features, self.compute_dtype)
            return edge_set.scores_of_kinds(features, list(parts), self.num_heads)
        scores = [
            edge_set.products(query, key, pairs, self.num_heads, keep=False)[1]
            for query, key, pairs in zip(
                queries, keys, projections(dense, edge_features[..., 1:]), strict=True
            )
        ]
        return ops.where(edge_features[..., :1] > 0.5, *scores)

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
        self._check_edge_features(edge_features, getattr(edge_features, "shape", None))
        units = self.output_dim or self.num_heads * self.head_dim
        spec = keras.KerasTensor((*node_features.shape[:-1], units), dtype=self.compute_dtype)
        if return_attention_scores:
            return spec, self.scores_spec(node_features, edges, sender_features, self.num_heads)
        return spec

    def get_config(self):
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "head_dim": self.head_dim,
            "gamma": self.gamma,
            "output_dim": self.output_dim,
            "dropout": self.dropout,
            "seed": self.seed,
        }
