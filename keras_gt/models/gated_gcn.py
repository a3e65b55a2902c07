import keras

from keras_gt.layers import GatedGraphConvolution
from keras_gt.models.backbone import Backbone, resolve_policy
from keras_gt.models.graph_inputs import GraphInputs
from keras_gt.models.wiring import activated, dropped, normalized


@keras.saving.register_keras_serializable(package="keras_gt")
class GatedGCN(Backbone):
    """GatedGCN: gated sums over edges whose features are updated along the way.

        h' = h + ReLU(BatchNorm(conv(h, e))),   e' = e + ReLU(BatchNorm(e_hat))

    Args:
        node_features: {"dense": F}, {"categories": [sizes]} or {"words": vocabulary}.
        hidden_dim: int, width of nodes and edges.
        num_layers: int.
        edge_features: {"dense": C} or {"categories": [sizes]}; give each edge a constant feature
            for graphs without them.
        positional_encodings: {input name: {"dim": K, "random_sign": bool}} or None.
        dropout: float, after each layer.
        dtype: dtype policy.
        **kwargs: `name`, `trainable`.

    Returns:
        (B, N, hidden_dim).

    Raises:
        ValueError: if there are no edge features.

    Example:
        >>> from keras_gt.models import GatedGCN
        >>> GatedGCN({"dense": 5}, 16, 2, edge_features={"dense": 1}).output_width
        16

    Reference:
        Bresson and Laurent, 2018, https://arxiv.org/abs/1711.07553. Dwivedi et al., 2020,
        https://arxiv.org/abs/2003.00982, equations 16 to 18 (appendix B).
    """

    def __init__(
        self,
        node_features,
        hidden_dim,
        num_layers=4,
        edge_features=None,
        positional_encodings=None,
        dropout=0.0,
        dtype=None,
        **kwargs,
    ):
        if edge_features is None:
            raise ValueError(
                "edge_features must be {'dense': C} or {'categories': [sizes]} for GatedGCN. Give "
                "each edge a constant feature. Received: edge_features=None"
            )
        # === Layers ===
        dtype = resolve_policy(dtype)
        convolutions = [
            GatedGraphConvolution(hidden_dim, dtype=dtype, name=f"convolution_{index}")
            for index in range(num_layers)
        ]

        # === Functional model ===
        inputs = GraphInputs(dtype)
        nodes = inputs.encode_nodes(node_features, hidden_dim)
        nodes = inputs.add_encodings(nodes, positional_encodings)
        pairs = inputs.encode_edges(edge_features, hidden_dim)
        for index, layer in enumerate(convolutions):
            update, pair_update = layer(nodes, inputs.edges, pairs, node_mask=inputs.node_mask)
            mask, edge_mask = inputs.node_mask, inputs.tensors["edge_mask"]
            update = normalized(update, mask, "batch", dtype, f"norm_{index}")
            nodes = nodes + dropped(activated(update, "relu"), dropout, dtype, f"dropout_{index}")
            if index + 1 == num_layers:
                break
            update = normalized(pair_update, edge_mask, "batch", dtype, f"edge_norm_{index}")
            update = activated(update, "relu")
            pairs = pairs + dropped(update, dropout, dtype, f"edge_dropout_{index}")
        super().__init__(inputs.tensors, nodes, dtype=dtype, **kwargs)

        # === Config ===
        self.node_features = node_features
        self.hidden_dim = hidden_dim
        self.num_layers = num_layers
        self.edge_features = edge_features
        self.positional_encodings = positional_encodings
        self.dropout = dropout

    def get_config(self):
        return {
            **super().get_config(),
            "node_features": self.node_features,
            "hidden_dim": self.hidden_dim,
            "num_layers": self.num_layers,
            "edge_features": self.edge_features,
            "positional_encodings": self.positional_encodings,
            "dropout": self.dropout,
        }
