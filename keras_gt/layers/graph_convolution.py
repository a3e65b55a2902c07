import keras

from keras_gt.layers.graph_layer import GraphLayer, check_positive


@keras.saving.register_keras_serializable(package="keras_gt")
class GraphConvolution(GraphLayer):
    """Sums each node's neighbours with the edges' fixed weights (GCN).

        h_i' = sum_j w_ij W h_j + b

    over the edges j -> i as stored, with the scalar weights w_ij of the edges, 1 where there are
    none. `keras_gt.graph.normalise_gcn` makes the paper's weights, 1 / sqrt(d_i d_j) on the graph
    with self-loops; a float adjacency carries its weights itself. The activation is left to the
    caller. Isolated and masked nodes get the bias alone.

    Args:
        units: int D, the number of features of the result.
        use_bias: bool.
        use_projection: bool; False reads node features of width D as W h already.
        kernel_initializer: initializer of W.
        kernel_regularizer: regularizer of W.
        **kwargs: of `GraphLayer`.

    Call arguments:
        As `GraphLayer`, without edge features and attention.

    Returns:
        (B, N, D).

    Raises:
        ValueError: if units is not positive, node features are not D wide where there is no
            projection, or an argument is given that has no use here.

    Example:
        >>> import numpy as np
        >>> layer = GraphConvolution(4)
        >>> edges = {"senders": np.array([[0, 1]]), "receivers": np.array([[1, 2]])}
        >>> tuple(layer(np.ones((1, 3, 5), "float32"), edges).shape)
        (1, 3, 4)

    Reference:
        Kipf and Welling, Semi-Supervised Classification with Graph Convolutional Networks, 2017,
        https://arxiv.org/abs/1609.02907, equation 2.
    """

    def __init__(
        self,
        units,
        use_bias=True,
        use_projection=True,
        kernel_initializer="glorot_uniform",
        kernel_regularizer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_positive("units", units)
        self.units = units
        self.use_bias = use_bias
        self.use_projection = use_projection
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.value = None
        if use_projection:
            self.value = keras.layers.Dense(
                units,
                use_bias=False,
                kernel_initializer=self.kernel_initializer,
                kernel_regularizer=self.kernel_regularizer,
                dtype=self.dtype_policy,
                name="value",
            )

    def build(self, node_features_shape, sender_features_shape=None):
        sender_shape = sender_features_shape or node_features_shape
        if self.use_projection:
            self.value.build(sender_shape)
        elif sender_shape[-1] != self.units:
            raise ValueError(
                "node_features must be as wide as units where use_projection=False. Project them "
                f"first. Received: width {sender_shape[-1]}, expected {self.units}"
            )
        if self.use_bias:
            self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

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
        self.refuse(
            edge_features=edge_features,
            attention_bias=attention_bias,
            return_attention_scores=return_attention_scores,
        )
        edge_set = self.resolve(node_features, edges, sender_features, node_mask)
        sender = node_features if sender_features is None else sender_features
        value = self.value(sender) if self.use_projection else sender  # (B, M, D)
        result = edge_set.weighted_sum(value, edge_set.weights)  # (B, N, D)
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
        shape = (*node_features.shape[:-1], self.units)
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "use_bias": self.use_bias,
            "use_projection": self.use_projection,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }
