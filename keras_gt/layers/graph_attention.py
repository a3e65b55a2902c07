import keras
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.layers.graph_layer import (
    GraphLayer,
    check_choice,
    check_positive,
    check_rate,
    pairs_shape,
    project,
    project_pairs,
    split_heads,
)

_NEGATIVE_SLOPE = 0.2


@keras.saving.register_keras_serializable(package="keras_gt")
class GraphAttention(GraphLayer):
    """Lets each node read its neighbours, weighted by an additive attention score (GAT, GATv2).

    With W the value projection, a the score vectors and h_j the features of node j, for each head

        gat:    s_ij = LeakyReLU(a_receiver . W h_i + a_sender . W h_j + a_edge . e_ij + b)
        gatv2:  s_ij = a . LeakyReLU(Q h_i + W h_j + E e_ij)
        h_i' = sum_j softmax_j(s_ij) W h_j

    over the edges j -> i as they are stored: add self-loops with
    `keras_gt.graph.add_self_loops` to have each node read itself, as the papers do. The slope of
    the LeakyReLU is 0.2. The papers' activation is left to the caller. Masked and isolated nodes
    get the bias alone.

    Args:
        num_heads: int, the number of heads H.
        head_dim: int, the size K of each head.
        score: "gat" (Velickovic et al.) or "gatv2" (Brody et al.), default "gat".
        concat_heads: bool; True concatenates the heads (H K features), False averages them (K).
        dropout: float in [0, 1), dropout on the attention weights in training.
        value_dropout: float in [0, 1), dropout on W h as it is summed, but not as it is scored,
            in training; the authors' code of GAT has it.
        use_bias: bool, adds a bias to the result.
        use_score_bias: bool, adds a bias b for each head to the gat score, as the authors' code
            of GAT does.
        use_projection: bool; False (gat only) reads node features of width H K as W h already.
        kernel_initializer: initializer of the projections and score vectors.
        kernel_regularizer: regularizer of the projections and score vectors.
        seed: int or None, the seed of the dropout.
        **kwargs: of `GraphLayer`.

    Call arguments:
        As `GraphLayer`; `edge_features` (B, E, C) or (B, N, M, C), or a table of kinds, enter the
        score.

    Returns:
        (B, N, H K), or (B, N, K) where heads are averaged; with `return_attention_scores` also
        the attention weights.

    Raises:
        ValueError: for sizes that are not positive, an unknown score, or node features that are
            not H K wide where there is no projection.

    Example:
        >>> import numpy as np
        >>> layer = GraphAttention(num_heads=2, head_dim=4)
        >>> edges = {"senders": np.array([[0, 1]]), "receivers": np.array([[1, 2]])}
        >>> tuple(layer(np.ones((1, 3, 5), "float32"), edges).shape)
        (1, 3, 8)

    Reference:
        Velickovic et al., Graph Attention Networks, 2018, https://arxiv.org/abs/1710.10903,
        equations 1 to 6. Brody, Alon and Yahav, How Attentive are Graph Attention Networks?,
        2022, https://arxiv.org/abs/2105.14491, equation 7.
    """

    def __init__(
        self,
        num_heads,
        head_dim,
        score="gat",
        concat_heads=True,
        dropout=0.0,
        value_dropout=0.0,
        use_bias=True,
        use_score_bias=False,
        use_projection=True,
        kernel_initializer="glorot_uniform",
        kernel_regularizer=None,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_positive("num_heads", num_heads)
        check_positive("head_dim", head_dim)
        check_choice("score", score, ("gat", "gatv2"))
        check_rate("dropout", dropout)
        check_rate("value_dropout", value_dropout)
        if score == "gatv2" and (use_score_bias or not use_projection):
            raise ValueError(
                "use_score_bias and use_projection=False must go with score='gat'. Leave them at "
                f"their defaults. Received: use_score_bias={use_score_bias}, "
                f"use_projection={use_projection}"
            )
        self.num_heads = num_heads
        self.head_dim = head_dim
        self.score = score
        self.concat_heads = concat_heads
        self.dropout = dropout
        self.value_dropout = value_dropout
        self.use_bias = use_bias
        self.use_score_bias = use_score_bias
        self.use_projection = use_projection
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.seed = seed
        random = dropout or value_dropout
        self.seed_generator = keras.random.SeedGenerator(seed) if random else None
        self.value = self._dense("value") if use_projection else None
        self.query = self._dense("query") if score == "gatv2" else None
        self.edge = None

    def _dense(self, name, units=None):
        return keras.layers.Dense(
            units or self.num_heads * self.head_dim,
            use_bias=False,
            kernel_initializer=self.kernel_initializer.clone(),
            kernel_regularizer=self.kernel_regularizer,
            dtype=self.dtype_policy,
            name=name,
        )

    def _vector(self, name):
        return self.add_weight(
            name=name,
            shape=(self.num_heads, self.head_dim),
            initializer=self.kernel_initializer.clone(),
            regularizer=self.kernel_regularizer,
        )

    def build(self, node_features_shape, edge_features_shape=None, sender_features_shape=None):
        sender_shape = sender_features_shape or node_features_shape
        width = self.num_heads * self.head_dim
        if self.use_projection:
            self.value.build(sender_shape)
        elif node_features_shape[-1] != width:
            raise ValueError(
                "node_features must be num_heads * head_dim wide where use_projection=False. "
                f"Project them first. Received: width {node_features_shape[-1]}, expected {width}"
            )
        if self.score == "gatv2":
            self.query.build(node_features_shape)
            self.score_vector = self._vector("score_vector")
        else:
            self.receiver_score = self._vector("receiver_score")
            self.sender_score = self._vector("sender_score")
        if self.use_score_bias:
            self.score_bias = self.add_weight(
                name="score_bias", shape=(self.num_heads,), initializer="zeros"
            )
        if edge_features_shape is not None:
            self.edge = self._dense("edge", width if self.score == "gatv2" else self.num_heads)
            self.edge.build(pairs_shape(edge_features_shape))
        if self.use_bias:
            units = width if self.concat_heads else self.head_dim
            self.bias = self.add_weight(name="bias", shape=(units,), initializer="zeros")

    def _gat_logits(self, node_features, sender_features, edge_set, edge_features):
        sender = node_features if sender_features is None else sender_features
        value = project(self.value, sender) if self.use_projection else sender  # (B, M, H K)
        if sender_features is None:
            vectors = (self.receiver_score, self.sender_score)
            receiver_logits, sender_logits = self._logits(value, *vectors)  # (B, N, H) each
        else:
            own = project(self.value, node_features) if self.use_projection else node_features
            (receiver_logits,) = self._logits(own, self.receiver_score)  # (B, N, H)
            (sender_logits,) = self._logits(value, self.sender_score)  # (B, M, H)
        value = split_heads(value, self.num_heads)  # (B, M, H, K)
        if self.use_score_bias:
            receiver_logits = receiver_logits + self.score_bias
        bias = None
        if edge_features is not None:
            bias = edge_set.edge_scores(project_pairs(self.edge, edge_features))
        return receiver_logits, sender_logits, value, bias

    def _logits(self, x, *vectors):
        """vector . x for each vector and head, as one product with block-diagonal matrices.

        Several times cheaper, forward and backward, than sums over the last axis of the heads.
        """
        vectors = ops.cast(ops.stack(vectors, axis=2), x.dtype)  # (H, K, V)
        eye = ops.eye(self.num_heads, dtype=x.dtype)
        blocks = vectors[..., None] * eye[:, None, None, :]  # (H, K, V, H)
        logits = ops.matmul(x, ops.reshape(blocks, (x.shape[-1], -1)))
        return ops.split(logits, vectors.shape[-1], axis=-1)

    def _gatv2_scores(self, node_features, sender_features, edge_set, edge_features):
        sender = node_features if sender_features is None else sender_features
        value = split_heads(project(self.value, sender), self.num_heads)  # (B, M, H, K)
        query = split_heads(project(self.query, node_features), self.num_heads)  # (B, N, H, K)
        joint = edge_set.receivers_of(query) + edge_set.senders_of(value)  # (B, E, H, K)
        if edge_features is not None:
            joint = joint + split_heads(project_pairs(self.edge, edge_features), self.num_heads)
        joint = ops.leaky_relu(joint, _NEGATIVE_SLOPE)
        scores = edge_set.edge_scores(ops.sum(joint * self.score_vector, axis=-1))
        return scores, value

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
        factor = None
        if training and self.dropout:
            factor = edge_set.dropout_factor(
                self.dropout, self.num_heads, self.seed_generator, self.compute_dtype
            )
        scores = None
        if self.score == "gatv2":
            scores, value = self._gatv2_scores(
                node_features, sender_features, edge_set, edge_features
            )
            value = self._drop_values(value, training)
        else:
            logits = self._gat_logits(node_features, sender_features, edge_set, edge_features)
            receiver_logits, sender_logits, value, bias = logits
            value = self._drop_values(value, training)
            if attention_bias is None and not return_attention_scores:
                result = edge_set.additive_attention(
                    receiver_logits, sender_logits, value, _NEGATIVE_SLOPE, bias, factor
                )
                return self._combine(result)
            scores = edge_set.additive_scores(receiver_logits, sender_logits, _NEGATIVE_SLOPE, bias)
        if attention_bias is not None:
            scores = scores + attention_bias
        weights = edge_set.softmax(scores)
        dropped = weights if factor is None else weights * ops.cast(factor, weights.dtype)
        result = self._combine(edge_set.aggregate(dropped, value))
        if return_attention_scores:
            return result, ops.cast(weights, self.compute_dtype)
        return result

    def _drop_values(self, value, training):
        if training and self.value_dropout:
            return graph_ops.dropout(value, self.value_dropout, self.seed_generator)
        return value

    def _combine(self, result):
        if self.concat_heads:
            width = self.num_heads * self.head_dim
            result = ops.reshape(result, (*ops.shape(result)[:2], width))  # (B, N, H K)
        else:
            result = ops.mean(result, axis=2)  # (B, N, K)
        return result + self.bias if self.use_bias else result

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
        units = self.head_dim * (self.num_heads if self.concat_heads else 1)
        spec = keras.KerasTensor((*node_features.shape[:-1], units), dtype=self.compute_dtype)
        if return_attention_scores:
            return spec, self.scores_spec(node_features, edges, sender_features, self.num_heads)
        return spec

    def get_config(self):
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "head_dim": self.head_dim,
            "score": self.score,
            "concat_heads": self.concat_heads,
            "dropout": self.dropout,
            "value_dropout": self.value_dropout,
            "use_bias": self.use_bias,
            "use_score_bias": self.use_score_bias,
            "use_projection": self.use_projection,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
            "seed": self.seed,
        }
