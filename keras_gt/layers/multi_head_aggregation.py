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
    projections,
    query_key_value,
    split_heads,
)

_AGGREGATIONS = ("attention", "sum", "mean", "max", "min", "std")


@keras.saving.register_keras_serializable(package="keras_gt")
class MultiHeadAggregation(GraphLayer):
    """Aggregates each node's neighbours with K heads: dot-product attention, or a plain reduction.

    The essay's equations: for each head

        attention:  h_i' = sum_j w_ij V h_j,  w_ij = softmax_j(scale Q h_i . K h_j)
        others:     h_i' = reduce_j V h_j     with reduce in sum, mean, max, min, std

    over the edges j -> i; the heads are concatenated, an output projection O and a root term
    U h_i are optional. On the complete graph with scaled attention and projection this is the
    Transformer's multi-head attention; with sum or mean, one head and the root term it is the
    basic graph network and GraphSAGE. Edge features e_ij enter as K h_j + E e_ij and
    V h_j + E e_ij. Nodes that read nobody get 0 before projection, root term and bias.

    Args:
        num_heads: int, the number of heads H.
        head_dim: int, the size K of each head.
        aggregation: "attention", "sum", "mean", "max", "min" or "std".
        scaled: bool, scale = 1 / sqrt(head_dim) for attention; False leaves the scores unscaled.
        output_dim: int D, the units of the output projection, or None for no projection.
        use_root_weight: bool, adds U h_i, the node's own features.
        dropout: float in [0, 1), dropout on the attention weights in training.
        use_bias: bool, a bias in the projections; for plain reductions added to the result.
        kernel_initializer: initializer of the projections.
        kernel_regularizer: regularizer of the projections.
        seed: int or None, the seed of the dropout.
        **kwargs: of `GraphLayer`.

    Call arguments:
        As `GraphLayer`; `edge_features` may be a table of kinds.

    Returns:
        (B, N, D), or (B, N, H K) without output projection; with `return_attention_scores` also
        the attention weights.

    Raises:
        ValueError: for sizes that are not positive, an unknown aggregation, or attention
            arguments given to a plain reduction.

    Example:
        >>> import numpy as np
        >>> layer = MultiHeadAggregation(num_heads=2, head_dim=4, output_dim=6)
        >>> tuple(layer(np.ones((1, 3, 5), "float32")).shape)
        (1, 3, 6)

    Reference:
        Joshi, Transformers are Graph Neural Networks, 2020,
        https://thegradient.pub/transformers-are-graph-neural-networks/. Vaswani et al., Attention
        Is All You Need, 2017, https://arxiv.org/abs/1706.03762, equation 1. Hamilton, Ying and
        Leskovec, Inductive Representation Learning on Large Graphs, 2017,
        https://arxiv.org/abs/1706.02216, algorithm 1.
    """

    def __init__(
        self,
        num_heads,
        head_dim,
        aggregation="attention",
        scaled=True,
        output_dim=None,
        use_root_weight=False,
        dropout=0.0,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        kernel_regularizer=None,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_positive("num_heads", num_heads)
        check_positive("head_dim", head_dim)
        check_choice("aggregation", aggregation, _AGGREGATIONS)
        check_rate("dropout", dropout)
        if output_dim is not None:
            check_positive("output_dim", output_dim)
        if aggregation != "attention" and (dropout or not scaled):
            raise ValueError(
                "dropout and scaled=False must go with aggregation='attention'. Leave them at "
                f"their defaults. Received: dropout={dropout}, scaled={scaled}"
            )
        self.num_heads = num_heads
        self.head_dim = head_dim
        self.aggregation = aggregation
        self.scaled = scaled
        self.output_dim = output_dim
        self.use_root_weight = use_root_weight
        self.dropout = dropout
        self.use_bias = use_bias
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed) if dropout else None
        width = num_heads * head_dim
        attention = aggregation == "attention"
        self.query = self._dense("query", width, use_bias) if attention else None
        self.key = self._dense("key", width, use_bias) if attention else None
        self.value = self._dense("value", width, use_bias and attention)
        self.projection = (
            None if output_dim is None else self._dense("projection", output_dim, use_bias)
        )
        self.root = self._dense("root", output_dim or width, False) if use_root_weight else None
        self.edge = None
        self.bias = None

    def _dense(self, name, units, use_bias):
        return keras.layers.Dense(
            units,
            use_bias=use_bias,
            kernel_initializer=self.kernel_initializer.clone(),
            kernel_regularizer=self.kernel_regularizer,
            dtype=self.dtype_policy,
            name=name,
        )

    def build(self, node_features_shape, edge_features_shape=None, sender_features_shape=None):
        sender_shape = sender_features_shape or node_features_shape
        width = self.num_heads * self.head_dim
        if self.query is not None:
            self.query.build(node_features_shape)
            self.key.build(sender_shape)
        self.value.build(sender_shape)
        if edge_features_shape is not None:
            self.edge = self._dense("edge", width, False)
            self.edge.build(pairs_shape(edge_features_shape))
        if self.projection is not None:
            self.projection.build((*node_features_shape[:-1], width))
        elif self.use_bias and self.aggregation != "attention":
            self.bias = self.add_weight(name="bias", shape=(width,), initializer="zeros")
        if self.root is not None:
            self.root.build(node_features_shape)

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
        edge = None
        if edge_features is not None:
            edge = split_heads(project_pairs(self.edge, edge_features), self.num_heads)
        weights = None
        if self.aggregation == "attention":
            factor = None
            if training and self.dropout:
                factor = edge_set.dropout_factor(
                    self.dropout, self.num_heads, self.seed_generator, self.compute_dtype
                )
            layers = (self.query, self.key, self.value)
            projected = query_key_value(layers, node_features, sender_features)
            # (B, N, H, K), and twice (B, M, H, K)
            query, key, value = (split_heads(x, self.num_heads) for x in projected)
            if edge is None and not return_attention_scores:
                result = edge_set.dot_product_attention(
                    query, key, value, self._scale, attention_bias, factor
                )
            else:
                result, weights = self._attend(
                    edge_set, query, key, value, edge, attention_bias, factor
                )
        else:
            self.refuse(
                attention_bias=attention_bias, return_attention_scores=return_attention_scores
            )
            result = self._reduce(edge_set, self.value(sender), edge)
        result = self._projected(result, node_features)
        return (result, weights) if return_attention_scores else result

    def _projected(self, result, node_features):
        """The heads (B, N, H, K) with what comes after them: (B, N, D)."""
        width = self.num_heads * self.head_dim
        result = graph_ops.reshape(result, (*ops.shape(result)[:2], width))  # (B, N, H K)
        if self.projection is not None:
            result = project(self.projection, result)  # (B, N, D)
        if self.root is not None:
            result = result + project(self.root, node_features)
        if self.bias is not None:
            result = result + self.bias
        return result

    def read_memory(self, node_features, keys, values, edges):
        """Attention of nodes to remembered ones, and to themselves, at inference.

        What `call` gives with the remembered nodes and these as senders, where the keys and values
        of the remembered ones were made before: what a Transformer that writes keeps.

        Args:
            node_features: (B, N, F) float tensor.
            keys: (B, M, H, K) float tensor, of the remembered nodes.
            values: (B, M, H, K) float tensor, likewise.
            edges: (B, N, M + N) bool tensor, true where node n reads a remembered node, or one of
                these.

        Returns:
            (B, N, D) as of `call`, and the keys and the values of these nodes, (B, N, H, K) each.

        Raises:
            ValueError: for a plain reduction, which has no keys.
        """
        if self.query is None:
            raise ValueError(
                "aggregation must be 'attention' to read a memory. Received: aggregation="
                f"{self.aggregation!r}"
            )
        node_features = ops.convert_to_tensor(node_features)
        projected = projections((self.query, self.key, self.value), node_features)
        query, key, value = (split_heads(x, self.num_heads) for x in projected)  # (B, N, H, K)
        keys, values = (
            ops.concatenate([ops.cast(memory, own.dtype), own], axis=1)  # (B, M + N, H, K)
            for memory, own in ((keys, key), (values, value))
        )
        edge_set = self.resolve(node_features, edges, keys, None)
        result = edge_set.dot_product_attention(query, keys, values, self._scale)
        return self._projected(result, node_features), key, value

    @property
    def _scale(self):
        return self.head_dim**-0.5 if self.scaled else 1.0

    def _attend(self, edge_set, query, key, value, edge, attention_bias, factor):
        """Attention that also returns its weights, or reads edge features."""
        if edge is None:
            scores = edge_set.dot_scores(query, key, self._scale)
        else:
            joint = edge_set.receivers_of(query) * (edge_set.senders_of(key) + edge)
            scores = edge_set.edge_scores(ops.sum(joint, axis=-1) * self._scale)
        if attention_bias is not None:
            scores = scores + attention_bias
        weights = edge_set.softmax(scores)
        dropped = weights if factor is None else weights * ops.cast(factor, weights.dtype)
        if edge is None:
            result = edge_set.aggregate(dropped, value)
        else:
            messages = edge_set.senders_of(value) + edge  # (B, E, H, K)
            dropped = edge_set.per_edge(dropped)  # (B, E, H)
            result = edge_set.sum(messages * ops.cast(dropped, messages.dtype)[..., None])
        return result, ops.cast(weights, self.compute_dtype)

    def _reduce(self, edge_set, value, edge):
        """sum, mean, max, min or std of the neighbours' values."""
        if edge is None and self.aggregation in ("sum", "mean"):
            total = edge_set.weighted_sum(value)
            if self.aggregation == "sum":
                return total
            return total / ops.maximum(edge_set.degree(total.dtype), 1)
        messages = edge_set.senders_of(split_heads(value, self.num_heads))  # (B, E, H, K)
        messages = messages if edge is None else messages + edge
        return getattr(edge_set, self.aggregation)(messages)

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
            "aggregation": self.aggregation,
            "scaled": self.scaled,
            "output_dim": self.output_dim,
            "use_root_weight": self.use_root_weight,
            "dropout": self.dropout,
            "use_bias": self.use_bias,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
            "seed": self.seed,
        }
