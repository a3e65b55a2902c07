import keras
from keras import ops

from keras_gt.layers.graph_layer import (
    GraphLayer,
    check_each_edge,
    check_positive,
    factors_of,
    projections_of_ends,
)

_EPSILON = 1e-6


@keras.saving.register_keras_serializable(package="keras_gt")
class GatedGraphConvolution(GraphLayer):
    """Sums the neighbours through gates that the edges carry and update (GatedGCN).

        e_ij' = C e_ij + D h_j + E h_i
        h_i'  = U h_i + sum_j sigmoid(e_ij') * V h_j / (sum_j sigmoid(e_ij') + 1e-6)

    over the edges j -> i. The paper's norm, ReLU and residual around both streams are left to the
    caller. The gates see e_ij' before these, as in the authors' code; in the paper's equations
    they see it after them. Isolated nodes get U h_i.

    Args:
        units: int D, the width of both results.
        use_bias: bool, biases in the five projections.
        **kwargs: of `GraphLayer`.

    Call arguments:
        As `GraphLayer`, without attention; `edge_features` are required.

    Returns:
        (node_features (B, N, D), edge_features (B, E, D) or (B, N, M, D)).

    Raises:
        ValueError: if units is not positive, edge features are missing, or an argument is given
            that has no use here.

    Example:
        >>> import numpy as np
        >>> layer = GatedGraphConvolution(4)
        >>> edges = {"senders": np.array([[0, 1]]), "receivers": np.array([[1, 2]])}
        >>> h, e = np.ones((1, 3, 5), "float32"), np.ones((1, 2, 3), "float32")
        >>> nodes, pairs = layer(h, edges, e)
        >>> tuple(nodes.shape), tuple(pairs.shape)
        ((1, 3, 4), (1, 2, 4))

    Reference:
        Bresson and Laurent, Residual Gated Graph ConvNets, 2018,
        https://arxiv.org/abs/1711.07553. Dwivedi et al., Benchmarking Graph Neural Networks,
        2020, https://arxiv.org/abs/2003.00982, equations 16 to 18 (appendix B).
    """

    updates_edges = True

    def __init__(self, units, use_bias=True, **kwargs):
        super().__init__(**kwargs)
        check_positive("units", units)
        self.units = units
        self.use_bias = use_bias
        self.own = self._dense("own")
        self.value = self._dense("value")
        self.edge = self._dense("edge")
        self.sender_gate = self._dense("sender_gate")
        self.receiver_gate = self._dense("receiver_gate")

    def _dense(self, name):
        return keras.layers.Dense(
            self.units, use_bias=self.use_bias, dtype=self.dtype_policy, name=name
        )

    def build(self, node_features_shape, edge_features_shape, sender_features_shape=None):
        check_each_edge(self, edge_features_shape)
        sender_shape = sender_features_shape or node_features_shape
        self.own.build(node_features_shape)
        self.receiver_gate.build(node_features_shape)
        self.value.build(sender_shape)
        self.sender_gate.build(sender_shape)
        self.edge.build(edge_features_shape)

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
        own, receiver, sender, value = projections_of_ends(
            [self.own, self.receiver_gate],
            [self.sender_gate, self.value],
            node_features,
            sender_features,
        )  # twice (B, N, D), of the receivers, and twice (B, M, D)
        total, norm, pairs = edge_set.gated_sums(  # twice (B, N, D), and (B, E, D)
            receiver, sender, value, *factors_of(self.edge, edge_features)
        )
        norm = ops.cast(norm, "float32") + _EPSILON  # in float16 it would be 0
        mean = ops.cast(ops.cast(total, norm.dtype) / norm, self.compute_dtype)
        return own + mean, pairs

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
                "edge_features must be given to GatedGraphConvolution. Give each edge a constant "
                "feature for graphs without them. Received: edge_features=None"
            )
        nodes = keras.KerasTensor((*node_features.shape[:-1], self.units), self.compute_dtype)
        pairs = keras.KerasTensor((*edge_features.shape[:-1], self.units), self.compute_dtype)
        return nodes, pairs

    def get_config(self):
        return {**super().get_config(), "units": self.units, "use_bias": self.use_bias}
