import keras

from keras_gt import ops as graph_ops
from keras_gt.layers.dropout import Dropout, drop
from keras_gt.layers.feed_forward import (
    normalization_layer,
    normalize,
)
from keras_gt.layers.graph_layer import GraphLayer, check_choice, check_each_edge, check_rate


@keras.saving.register_keras_serializable(package="keras_gt")
class TransformerGraphBlock(GraphLayer):
    """One layer of a (graph) Transformer: an aggregation and a feed-forward, each with its norm.

    With A the aggregation, F the feed-forward, N the norms and D dropout:

        post:  x = N(h + D(A(h))),    h' = N(x + D(F(x)))        (the 2017 Transformer)
        pre:   x = h + D(A(N(h))),    h' = x + D(F(N(x)))
        none:  h' = N(F(N(A(h))))                                 (the essay's equation as printed)

    On the complete graph with dot-product attention this is a Transformer layer; on a graph's
    edges it is a graph network. An aggregation that updates edges (`EdgeAttention`,
    `GatedGraphConvolution`) makes a block that updates edges, with norms and a feed-forward of
    their own for the edge stream, wired the same way.

    Args:
        aggregation: a layer of this package that reads edges.
        feed_forward: a layer called as `feed_forward(x, mask=mask, training=training)`, or None.
        normalization: "layer" or "batch".
        epsilon: float, added to the variance by the norms.
        momentum: float, of the moving statistics of batch norms.
        residual: "post", "pre" or "none".
        dropout: float in [0, 1), on the result of each part.
        edge_feed_forward: the feed-forward of the edge stream, or None.
        seed: int or None, the seed of the dropout.
        **kwargs: of `GraphLayer`.

    Call arguments:
        As `GraphLayer`; and `update_edges`, bool, default True: False leaves out what only the
        edges after the block need, for a last block.

    Returns:
        (B, N, D), or (node_features, edge_features) where the block updates edges; with
        `return_attention_scores` the attention weights come last.

    Raises:
        ValueError: for an unknown normalization or residual, or an edge feed-forward without an
            edge stream.

    Example:
        >>> import numpy as np
        >>> from keras_gt.layers import FeedForward, MultiHeadAggregation
        >>> block = TransformerGraphBlock(
        ...     MultiHeadAggregation(2, 4, output_dim=8), FeedForward(16)
        ... )
        >>> tuple(block(np.ones((1, 3, 8), "float32")).shape)
        (1, 3, 8)

    Reference:
        Joshi, Transformers are Graph Neural Networks, 2020,
        https://thegradient.pub/transformers-are-graph-neural-networks/. Dwivedi and Bresson,
        2021, https://arxiv.org/abs/2012.09699, equations 6 to 8 and 13 to 18. Xiong et al., On
        Layer Normalization in the Transformer Architecture, 2020,
        https://arxiv.org/abs/2002.04745, table 1.
    """

    def __init__(
        self,
        aggregation,
        feed_forward=None,
        normalization="layer",
        epsilon=1e-5,
        momentum=0.9,
        residual="post",
        dropout=0.0,
        edge_feed_forward=None,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_choice("normalization", normalization, ("layer", "batch"))
        check_choice("residual", residual, ("post", "pre", "none"))
        check_rate("dropout", dropout)
        if edge_feed_forward is not None and not aggregation.updates_edges:
            raise ValueError(
                "edge_feed_forward must go with an aggregation that updates edges. Use "
                "EdgeAttention, or leave it out. Received: aggregation="
                f"{type(aggregation).__name__}"
            )
        self.aggregation = aggregation
        self.feed_forward = feed_forward
        self.normalization = normalization
        self.epsilon = epsilon
        self.momentum = momentum
        self.residual = residual
        self.dropout = dropout
        self.edge_feed_forward = edge_feed_forward
        self.seed = seed
        self.drop = Dropout(dropout, seed=seed, dtype=self.dtype_policy, name="drop")
        self.aggregation_norm = self._norm("aggregation_norm")
        self.feed_forward_norm = self._norm("feed_forward_norm") if feed_forward else None
        self.edge_aggregation_norm = self.edge_feed_forward_norm = None
        if self.updates_edges:
            self.edge_aggregation_norm = self._norm("edge_aggregation_norm")
        if edge_feed_forward is not None:
            self.edge_feed_forward_norm = self._norm("edge_feed_forward_norm")

    @property
    def updates_edges(self):
        return self.aggregation.updates_edges

    def _norm(self, name):
        return normalization_layer(
            self.normalization, self.epsilon, self.momentum, self.dtype_policy, name
        )

    def build(self, node_features_shape, edge_features_shape=None, sender_features_shape=None):
        check_each_edge(self, edge_features_shape)
        shapes = {"node_features_shape": node_features_shape}
        if edge_features_shape is not None:
            shapes["edge_features_shape"] = edge_features_shape
        if sender_features_shape is not None:
            shapes["sender_features_shape"] = sender_features_shape
        if not self.aggregation.built:
            self.aggregation.build(**shapes)
        pre = self.residual == "pre"
        nodes = keras.KerasTensor(node_features_shape)
        pairs = None if edge_features_shape is None else keras.KerasTensor(edge_features_shape)
        spec = self.aggregation.compute_output_spec(nodes, None, pairs)
        spec = spec if isinstance(spec, tuple) else (spec,)
        hidden_shape = (*node_features_shape[:-1], spec[0].shape[-1])
        self.aggregation_norm.build(node_features_shape if pre else hidden_shape)
        if self.feed_forward is not None:
            self._build_feed_forward(self.feed_forward, self.feed_forward_norm, hidden_shape)
        if self.updates_edges:
            edge_hidden = (*edge_features_shape[:-1], spec[1].shape[-1])
            normed = edge_features_shape if pre else edge_hidden
            self.edge_aggregation_norm.build(normed)
            if self.edge_feed_forward is not None:
                self._build_feed_forward(
                    self.edge_feed_forward, self.edge_feed_forward_norm, edge_hidden
                )

    def _build_feed_forward(self, feed_forward, norm, shape):
        if not feed_forward.built:
            feed_forward.build(shape)
        output = feed_forward.compute_output_spec(keras.KerasTensor(shape))
        norm.build(shape if self.residual == "pre" else output.shape)

    def _finish(self, x, update, norm, mask, training):
        """Dropout, residual and norm after a part, as the wiring has them."""
        update = drop(self.drop, update, training)
        if self.residual != "none":
            update = x + update
        if self.residual != "pre":
            update = normalize(norm, update, mask, training)
        return graph_ops.made_once(update)

    def _apply_feed_forward(self, x, feed_forward, norm, mask, training):
        start = normalize(norm, x, mask, training) if self.residual == "pre" else x
        update = feed_forward(start, mask=mask, training=training)
        return self._finish(x, update, norm, mask, training)

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
        update_edges=True,
    ):
        edge_mask = None
        if self.updates_edges:
            edge_set = self.resolve(node_features, edges, sender_features, node_mask)
            edge_mask = edge_set.edge_mask
        nodes, pairs = node_features, edge_features
        if self.residual == "pre":
            nodes = normalize(self.aggregation_norm, nodes, node_mask, training)
            if self.updates_edges:
                pairs = normalize(self.edge_aggregation_norm, pairs, edge_mask, training)
        result = self.aggregation(
            nodes,
            edges,
            pairs,
            sender_features=sender_features,
            node_mask=node_mask,
            attention_bias=attention_bias,
            training=training,
            return_attention_scores=return_attention_scores,
        )
        result = result if isinstance(result, tuple) else (result,)
        scores = result[-1:] if return_attention_scores else ()
        nodes = self._finish(node_features, result[0], self.aggregation_norm, node_mask, training)
        if self.feed_forward is not None:
            nodes = self._apply_feed_forward(
                nodes, self.feed_forward, self.feed_forward_norm, node_mask, training
            )
        if not (self.updates_edges and update_edges):
            return (nodes, *scores) if scores else nodes
        pairs = self._finish(
            edge_features, result[1], self.edge_aggregation_norm, edge_mask, training
        )
        if self.edge_feed_forward is not None:
            pairs = self._apply_feed_forward(
                pairs, self.edge_feed_forward, self.edge_feed_forward_norm, edge_mask, training
            )
        return (nodes, pairs, *scores)

    def read_memory(self, node_features, keys, values, edges):
        """The block at inference around its aggregation's `read_memory`, with the same arguments.

        Returns:
            (B, N, D), and the keys and the values of these nodes, (B, N, H, K) each.
        """
        nodes = node_features
        if self.residual == "pre":
            nodes = normalize(self.aggregation_norm, nodes, None, False)
        nodes, key, value = self.aggregation.read_memory(nodes, keys, values, edges)
        nodes = self._finish(node_features, nodes, self.aggregation_norm, None, False)
        if self.feed_forward is not None:
            nodes = self._apply_feed_forward(
                nodes, self.feed_forward, self.feed_forward_norm, None, False
            )
        return nodes, key, value

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
        update_edges=True,
    ):
        result = self.aggregation.compute_output_spec(
            node_features,
            edges,
            edge_features,
            sender_features=sender_features,
            return_attention_scores=return_attention_scores,
        )
        result = result if isinstance(result, tuple) else (result,)
        scores = result[-1:] if return_attention_scores else ()
        nodes = self._after(result[0], self.feed_forward)
        if not (self.updates_edges and update_edges):
            return (nodes, *scores) if scores else nodes
        return (nodes, self._after(result[1], self.edge_feed_forward), *scores)

    def _after(self, spec, feed_forward):
        if feed_forward is not None:
            spec = feed_forward.compute_output_spec(spec)
        return keras.KerasTensor(spec.shape, dtype=self.compute_dtype)

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "aggregation": serialize(self.aggregation),
            "feed_forward": serialize(self.feed_forward),
            "normalization": self.normalization,
            "epsilon": self.epsilon,
            "momentum": self.momentum,
            "residual": self.residual,
            "dropout": self.dropout,
            "edge_feed_forward": serialize(self.edge_feed_forward),
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        for name in ("aggregation", "feed_forward", "edge_feed_forward"):
            config[name] = keras.saving.deserialize_keras_object(config[name])
        return cls(**config)
