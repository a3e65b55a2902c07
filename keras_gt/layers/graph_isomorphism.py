import keras

from keras_gt.layers.graph_layer import GraphLayer, call_inside, pairs_shape, project_pairs


@keras.saving.register_keras_serializable(package="keras_gt")
class GraphIsomorphism(GraphLayer):
    """Adds up each node's neighbours and itself, then applies an MLP (GIN, GINE).

        GIN:   h_i' = MLP((1 + epsilon) h_i + sum_j h_j)
        GINE:  h_i' = MLP((1 + epsilon) h_i + sum_j ReLU(h_j + E e_ij + c))

    over the edges j -> i; edge features turn GIN into GINE, with E, c a projection to the width
    of the node features, or e_ij alone. Isolated nodes are the MLP of themselves.

    Args:
        feed_forward: a layer called as `feed_forward(x, mask=node_mask, training=training)`,
            usually `FeedForward`.
        epsilon: float, the initial epsilon.
        train_epsilon: bool, whether epsilon is a trained weight.
        use_edge_projection: bool, whether edge features are projected; False for edge features
            that have the width of the node features already.
        **kwargs: of `GraphLayer`.

    Call arguments:
        As `GraphLayer`, without attention; `edge_features` may be a table of kinds.

    Returns:
        (B, N, D) with D the width of the feed-forward's result.

    Raises:
        ValueError: if an argument is given that has no use here, or edge features that are not
            projected have another width than the node features.

    Example:
        >>> import numpy as np
        >>> from keras_gt.layers import FeedForward
        >>> layer = GraphIsomorphism(FeedForward(8, output_dim=4))
        >>> edges = {"senders": np.array([[0, 1]]), "receivers": np.array([[1, 2]])}
        >>> tuple(layer(np.ones((1, 3, 5), "float32"), edges).shape)
        (1, 3, 4)

    Reference:
        Xu et al., How Powerful are Graph Neural Networks?, 2019,
        https://arxiv.org/abs/1810.00826, equation 4.1. Hu et al., Strategies for Pre-training
        Graph Neural Networks, 2020, https://arxiv.org/abs/1905.12265 (GINE).
    """

    def __init__(
        self,
        feed_forward,
        epsilon=0.0,
        train_epsilon=False,
        use_edge_projection=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.feed_forward = feed_forward
        self.epsilon = epsilon
        self.train_epsilon = train_epsilon
        self.use_edge_projection = use_edge_projection
        self.edge = None

    def build(self, node_features_shape, edge_features_shape=None):
        if not self.feed_forward.built:  # reloading builds the inner layer first
            self.feed_forward.build(node_features_shape)
        if self.train_epsilon:
            self.trained_epsilon = self.add_weight(
                name="epsilon",
                shape=(),
                initializer=keras.initializers.Constant(self.epsilon),
            )
        edge_features_shape = pairs_shape(edge_features_shape)
        if edge_features_shape is not None and self.use_edge_projection:
            self.edge = keras.layers.Dense(
                node_features_shape[-1], dtype=self.dtype_policy, name="edge"
            )
            self.edge.build(edge_features_shape)
        elif edge_features_shape is not None:
            if edge_features_shape[-1] != node_features_shape[-1]:
                raise ValueError(
                    "edge_features must be as wide as the nodes for use_edge_projection=False. "
                    f"Project them. Received: edge features of width {edge_features_shape[-1]} for "
                    f"nodes of width {node_features_shape[-1]}"
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
        self.refuse(attention_bias=attention_bias, return_attention_scores=return_attention_scores)
        edge_set = self.resolve(node_features, edges, sender_features, node_mask)
        sender = node_features if sender_features is None else sender_features
        own = node_features
        if self.train_epsilon or self.epsilon:
            own = (1 + (self.trained_epsilon if self.train_epsilon else self.epsilon)) * own
        if edge_features is None:
            total = own + edge_set.weighted_sum(sender)  # (B, N, F)
        else:
            pairs = project_pairs(self.edge, edge_features)
            if own is sender:
                total = edge_set.rectified_sum(sender, pairs, own=True)  # (B, N, F)
            else:
                total = own + edge_set.rectified_sum(sender, pairs)  # (B, N, F)
        return call_inside(self.feed_forward, total, mask=node_mask, training=training)

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
        spec = self.feed_forward.compute_output_spec(node_features)
        return keras.KerasTensor(spec.shape, dtype=self.compute_dtype)

    def get_config(self):
        return {
            **super().get_config(),
            "feed_forward": keras.saving.serialize_keras_object(self.feed_forward),
            "epsilon": self.epsilon,
            "train_epsilon": self.train_epsilon,
            "use_edge_projection": self.use_edge_projection,
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        config["feed_forward"] = keras.saving.deserialize_keras_object(config["feed_forward"])
        return cls(**config)
