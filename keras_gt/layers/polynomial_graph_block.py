import keras
from keras import ops

from keras_gt.layers.dropout import Dropout
from keras_gt.layers.feed_forward import activation_function
from keras_gt.layers.graph_layer import GraphLayer, check_rate


def check_beta(beta):
    """Raises where beta is neither None nor a share."""
    if beta is not None and not 0 <= beta <= 1:
        raise ValueError(
            "beta must be in [0, 1], or None for a sigmoid of weights. Give a share. "
            f"Received: beta={beta!r}"
        )


def add_beta(layer, width):
    """Adds the layer's weight (width,) of beta: its logit where the layer's beta is None."""
    begins = "glorot_normal" if layer.beta is None else keras.initializers.Constant(layer.beta)
    layer.beta_weight = layer.add_weight(name="beta", shape=(width,), initializer=begins)


def beta_value(layer):
    """beta (D,) in the layer's compute type."""
    beta = ops.cast(layer.beta_weight, layer.compute_dtype)
    return ops.sigmoid(beta) if layer.beta is None else beta


@keras.saving.register_keras_serializable(package="keras_gt")
class PolynomialGraphBlock(GraphLayer):
    """One local layer of Polynormer: a node's own gate times what its neighbours send.

    With A an aggregation over the edges, D dropout, a the activation and * entry by entry

        g_i = a(W h_i),   x_i = D(a(A(h)_i + U h_i))
        h_i' = (1 - beta) * LayerNorm(g_i * x_i) + beta * x_i

    The product doubles the degree of the polynomial in the features that a stack of such layers
    is; the paper's aggregation is GAT without a bias. The norm, U h_i and beta x_i are those of
    the authors' code. Isolated and masked nodes get what A gives them.

    Args:
        aggregation: a layer of this package that reads edges and does not update them.
        activation: "relu" (the authors' code), "elu", "gelu", "gelu_tanh", or None for the
            paper's model without activations.
        beta: float in [0, 1], where beta begins; None for the sigmoid of weights that begin near 0.
        epsilon: float, added to the variance by the norm.
        dropout: float in [0, 1), on x.
        seed: int or None, the seed of the dropout.
        **kwargs: of `GraphLayer`.

    Call arguments:
        As `GraphLayer`.

    Returns:
        (B, N, D), D the aggregation's width; with `return_attention_scores` also the attention
        weights.

    Raises:
        ValueError: for an unknown activation, a beta outside [0, 1], or an aggregation that
            updates edges.

    Example:
        >>> import numpy as np
        >>> from keras_gt.layers import GraphAttention
        >>> block = PolynomialGraphBlock(GraphAttention(2, 4, use_bias=False))
        >>> tuple(block(np.ones((1, 3, 8), "float32")).shape)
        (1, 3, 8)

    Reference:
        Deng, Yue and Zhang, Polynormer: Polynomial-Expressive Graph Transformer in Linear Time,
        2024, https://arxiv.org/abs/2403.01232, section 3.2.
    """

    def __init__(
        self,
        aggregation,
        activation="relu",
        beta=None,
        epsilon=1e-5,
        dropout=0.0,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_beta(beta)
        check_rate("dropout", dropout)
        if aggregation.updates_edges:
            raise ValueError(
                "aggregation must not update edges. Use GraphAttention. Received: aggregation="
                f"{type(aggregation).__name__}"
            )
        self.aggregation = aggregation
        self.activation = activation
        self.activation_function = (
            (lambda x: x) if activation is None else activation_function(activation)
        )
        self.beta = beta
        self.epsilon = epsilon
        self.dropout = dropout
        self.seed = seed
        self.gate = self.own = None
        self.drop = Dropout(dropout, seed=seed, dtype=self.dtype_policy, name="drop")
        self.norm = keras.layers.LayerNormalization(
            epsilon=epsilon, dtype=self.dtype_policy, name="norm"
        )

    def build(self, node_features_shape, edge_features_shape=None, sender_features_shape=None):
        shapes = {"node_features_shape": node_features_shape}
        if edge_features_shape is not None:
            shapes["edge_features_shape"] = edge_features_shape
        if sender_features_shape is not None:
            shapes["sender_features_shape"] = sender_features_shape
        if not self.aggregation.built:
            self.aggregation.build(**shapes)
        nodes = keras.KerasTensor(node_features_shape)
        width = self.aggregation.compute_output_spec(nodes).shape[-1]
        self.gate, self.own = (
            keras.layers.Dense(width, dtype=self.dtype_policy, name=name)
            for name in ("gate", "own")
        )
        self.gate.build(node_features_shape)
        self.own.build(node_features_shape)
        self.norm.build((*node_features_shape[:-1], width))
        add_beta(self, width)

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
        result = self.aggregation(
            node_features,
            edges,
            edge_features,
            sender_features=sender_features,
            node_mask=node_mask,
            attention_bias=attention_bias,
            training=training,
            return_attention_scores=return_attention_scores,
        )
        result, scores = result if return_attention_scores else (result, None)
        gate = self.activation_function(self.gate(node_features))  # (B, N, D)
        nodes = self.activation_function(result + self.own(node_features))
        nodes = self.drop(nodes, training=training)
        beta = beta_value(self)
        nodes = (1 - beta) * self.norm(gate * nodes) + beta * nodes
        return (nodes, scores) if return_attention_scores else nodes

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
        spec = self.aggregation.compute_output_spec(
            node_features,
            edges,
            edge_features,
            sender_features=sender_features,
            return_attention_scores=return_attention_scores,
        )
        nodes, *scores = spec if return_attention_scores else (spec,)
        nodes = keras.KerasTensor(nodes.shape, dtype=self.compute_dtype)
        return (nodes, *scores) if scores else nodes

    def get_config(self):
        return {
            **super().get_config(),
            "aggregation": keras.saving.serialize_keras_object(self.aggregation),
            "activation": self.activation,
            "beta": self.beta,
            "epsilon": self.epsilon,
            "dropout": self.dropout,
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        config["aggregation"] = keras.saving.deserialize_keras_object(config["aggregation"])
        return cls(**config)
