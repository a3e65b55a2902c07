import keras
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.layers.dropout import Dropout, drop
from keras_gt.layers.feed_forward import normalization_layer, normalize
from keras_gt.layers.graph_layer import GraphLayer, call_inside, check_each_edge, check_rate


@keras.saving.register_keras_serializable(package="keras_gt")
class GlobalLocalBlock(GraphLayer):
    """One layer of GraphGPS: message passing along the edges, beside attention over the graph.

    With L the local layer, A the attention over all nodes of a graph, F the feed-forward, N norms
    and D dropout, each with weights of its own:

        x_L = N(h + D(L(h, e))),   x_A = N(h + D(A(h))),   x = x_L + x_A
        h'  = N(x + D(F(x)))

    A local layer that updates edges, (u, v) = L(h, e), comes with a norm and ReLU of its own for
    both streams, and the edges keep a residual stream without any other norm:

        x_L = N(h + D(ReLU(N(u)))),   e' = e + D(ReLU(N(v)))

    The paper writes L alone there; this is its authors' code, whose GatedGCN has them inside.
    The attention reads all nodes of the row, unless `attention_inputs` says otherwise: the pairs
    that are in one graph of a packed row, or edges of its own with their features and virtual
    nodes. Isolated nodes read what the attention lets them.

    Args:
        local: a layer of this package that reads edges, as wide as its input.
        attention: a layer of this package that attends and does not update edges, as wide as its
            input, such as `MultiHeadAggregation`.
        feed_forward: a layer called as `feed_forward(x, mask=mask, training=training)`.
        normalization: "batch" or "layer".
        epsilon: float, added to the variance by the norms.
        momentum: float, of the moving statistics of batch norms.
        dropout: float in [0, 1), on the result of each part.
        seed: int or None, the seed of the dropout.
        **kwargs: of `GraphLayer`.

    Call arguments:
        As `GraphLayer`, without sender_features; the edges are those of the local layer,
        attention_bias and the scores those of the attention: (B, H, N, N), or (B, E, H) where it
        has edge lists. Beside:
        local_mask: (B, E) bool, which of the edge lists the local layer reads, or None for all.
        attention_inputs: dictionary of what the attention takes beside the nodes and their mask,
            or None for all nodes of the row: `edges`, such as (B, N, N) bool of
            `PairMask("complete")`, and further arguments of its call.

    Returns:
        (B, N, F), or (node_features, edge_features) where the local layer updates edges; then the
        virtual nodes, where attention_inputs has `virtual_nodes`; with `return_attention_scores`
        the attention weights come last.

    Raises:
        ValueError: for an unknown normalization, a part of another width than its input, an
            attention that updates edges, sender features, or a local_mask without edge lists.

    Example:
        >>> import numpy as np
        >>> from keras_gt.layers import FeedForward, GraphIsomorphism, MultiHeadAggregation
        >>> block = GlobalLocalBlock(
        ...     GraphIsomorphism(FeedForward(8)),
        ...     MultiHeadAggregation(2, 4, output_dim=8),
        ...     FeedForward(16),
        ... )
        >>> edges = {"senders": np.array([[0, 1]]), "receivers": np.array([[1, 2]])}
        >>> tuple(block(np.ones((1, 3, 8), "float32"), edges).shape)
        (1, 3, 8)

    Reference:
        Rampasek et al., Recipe for a General, Powerful, Scalable Graph Transformer, 2022,
        https://arxiv.org/abs/2205.12454, equations 1 to 4 and appendix.
    """

    def __init__(
        self,
        local,
        attention,
        feed_forward,
        normalization="batch",
        epsilon=1e-5,
        momentum=0.9,
        dropout=0.0,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_rate("dropout", dropout)
        if attention.updates_edges:
            raise ValueError(
                "attention must not update edges, for which the local layer is there. Use "
                "MultiHeadAggregation or ScaledEdgeAttention. Received: attention="
                f"{type(attention).__name__}"
            )
        self.local = local
        self.attention = attention
        self.feed_forward = feed_forward
        self.normalization = normalization
        self.epsilon = epsilon
        self.momentum = momentum
        self.dropout = dropout
        self.seed = seed
        self.drop = Dropout(dropout, seed=seed, dtype=self.dtype_policy, name="drop")
        self.local_norm = self._norm("local_norm")
        self.attention_norm = self._norm("attention_norm")
        self.feed_forward_norm = self._norm("feed_forward_norm")
        self.node_update_norm = self.edge_update_norm = None
        if self.updates_edges:
            self.node_update_norm = self._norm("node_update_norm")
            self.edge_update_norm = self._norm("edge_update_norm")

    @property
    def updates_edges(self):
        return self.local.updates_edges

    def _norm(self, name):
        return normalization_layer(
            self.normalization, self.epsilon, self.momentum, self.dtype_policy, name
        )

    def build(self, node_features_shape, edge_features_shape=None, attention_inputs_shape=None):
        check_each_edge(self, edge_features_shape)
        attended_shape = (attention_inputs_shape or {}).get("edge_features")
        if not self.local.built:  # reloading builds the inner layers first
            self.local.build(node_features_shape, **_edge_shapes(edge_features_shape))
        if not self.attention.built:
            self.attention.build(node_features_shape, **_edge_shapes(attended_shape))
        if not self.feed_forward.built:
            self.feed_forward.build(node_features_shape)
        self._check_widths(node_features_shape, edge_features_shape, attended_shape)
        for norm in (self.local_norm, self.attention_norm, self.feed_forward_norm):
            norm.build(node_features_shape)
        if self.updates_edges:
            self.node_update_norm.build(node_features_shape)
            self.edge_update_norm.build(edge_features_shape)

    def _check_widths(self, *shapes):
        """Raises where a part's result cannot be added to its input."""
        inputs = [None if shape is None else keras.KerasTensor(shape) for shape in shapes]
        local = self.local.compute_output_spec(inputs[0], None, inputs[1])
        local = local if self.updates_edges else (local,)
        attended = self.attention.compute_output_spec(inputs[0], None, inputs[2])
        for name, parts in (("local", local), ("attention", (attended,))):
            for part, x in zip(parts, inputs, strict=False):
                if part.shape[-1] != x.shape[-1]:
                    raise ValueError(
                        f"{name} must be as wide as its input, to which its result is added. "
                        f"Change its width, or project the input. Received: {name} of width "
                        f"{part.shape[-1]} for an input of width {x.shape[-1]}"
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
        local_mask=None,
        attention_inputs=None,
    ):
        self.refuse(sender_features=sender_features)
        result = call_inside(
            self.attention,
            node_features,
            **(attention_inputs or {}),
            node_mask=node_mask,
            attention_bias=attention_bias,
            training=training,
            return_attention_scores=return_attention_scores,
        )
        update, *others = result if isinstance(result, tuple) else (result,)
        if local_mask is not None:
            edges = self._of_local(node_features, edges, node_mask, local_mask)
        local, pairs = self._pass_messages(node_features, edges, edge_features, node_mask, training)

        def finish(norm, x, update):
            update = x + drop(self.drop, update, training)
            return graph_ops.made_once(normalize(norm, update, node_mask, training))

        nodes = finish(self.local_norm, node_features, local)  # (B, N, F)
        nodes = nodes + finish(self.attention_norm, node_features, update)  # (B, N, F)
        update = call_inside(self.feed_forward, nodes, mask=node_mask, training=training)
        nodes = finish(self.feed_forward_norm, nodes, update)  # (B, N, F)
        outputs = (nodes, pairs, *others) if self.updates_edges else (nodes, *others)
        return outputs if len(outputs) > 1 else nodes

    def _of_local(self, nodes, edges, node_mask, local_mask):
        """The edge lists with the mask of what the local layer reads."""
        if not isinstance(edges, dict) or edges.get("senders") is None:
            raise ValueError(
                "local_mask must come with edge lists. Mask a dense adjacency itself. Received: "
                f"local_mask and edges={type(edges).__name__}"
            )
        mask = self.resolve(nodes, edges, None, node_mask).edge_mask
        local_mask = ops.cast(local_mask, "bool")
        return {**edges, "mask": local_mask if mask is None else ops.logical_and(mask, local_mask)}

    def _pass_messages(self, nodes, edges, pairs, node_mask, training):
        """The local layer's result for the nodes, and the edges after it."""
        result = call_inside(
            self.local, nodes, edges, pairs, node_mask=node_mask, training=training
        )
        if not self.updates_edges:
            return result, pairs
        edge_mask = self.resolve(nodes, edges, None, node_mask).edge_mask
        update, pair_update = result
        update = ops.relu(normalize(self.node_update_norm, update, node_mask, training))
        pair_update = normalize(self.edge_update_norm, pair_update, edge_mask, training)
        pairs = pairs + drop(self.drop, ops.relu(pair_update), training)  # (B, E, F)
        return update, graph_ops.made_once(pairs)

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
        local_mask=None,
        attention_inputs=None,
    ):
        self.refuse(sender_features=sender_features)
        streams = (node_features, edge_features) if self.updates_edges else (node_features,)
        outputs = [keras.KerasTensor(x.shape, self.compute_dtype) for x in streams]
        result = self.attention.compute_output_spec(
            node_features,
            **(attention_inputs or {}),
            return_attention_scores=return_attention_scores,
        )
        outputs += result[1:] if isinstance(result, tuple) else ()
        return tuple(outputs) if len(outputs) > 1 else outputs[0]

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "local": serialize(self.local),
            "attention": serialize(self.attention),
            "feed_forward": serialize(self.feed_forward),
            "normalization": self.normalization,
            "epsilon": self.epsilon,
            "momentum": self.momentum,
            "dropout": self.dropout,
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        for name in ("local", "attention", "feed_forward"):
            config[name] = keras.saving.deserialize_keras_object(config[name])
        return cls(**config)


def _edge_shapes(shape):
    """The argument of a layer's `build` that tells its edge features, where it has any."""
    return {} if shape is None else {"edge_features_shape": shape}
