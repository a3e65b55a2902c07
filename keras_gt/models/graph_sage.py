import keras

from keras_gt.layers import MultiHeadAggregation
from keras_gt.models.backbone import Backbone, resolve_policy
from keras_gt.models.convolution_stack import convolution_stack
from keras_gt.models.graph_inputs import GraphInputs


@keras.saving.register_keras_serializable(package="keras_gt")
class GraphSAGE(Backbone):
    """GraphSAGE: each layer joins a node's own features with a reduction of its neighbours'.

    Args:
        node_features: {"dense": F}, {"categories": [sizes]} or {"words": vocabulary}.
        hidden_dim: int, width of the layers.
        num_layers: int.
        aggregation: "mean", "sum", "max", "min" or "std".
        activation: "relu", "elu", "gelu" or "gelu_tanh".
        dropout: float, on the node features and after each activation.
        normalization: None, "batch" or "layer".
        edge_features: {"dense": C}, {"categories": [sizes]} or None.
        dtype: dtype policy.
        **kwargs: `name`, `trainable`.

    Example:
        >>> from keras_gt.models import GraphSAGE
        >>> GraphSAGE({"dense": 5}, hidden_dim=16).output_width
        16

    Reference:
        Hamilton, Ying and Leskovec, 2017, https://arxiv.org/abs/1706.02216.
    """

    def __init__(
        self,
        node_features,
        hidden_dim,
        num_layers=2,
        aggregation="mean",
        activation="relu",
        dropout=0.0,
        normalization=None,
        edge_features=None,
        dtype=None,
        **kwargs,
    ):
        # === Layers ===
        dtype = resolve_policy(dtype)
        convolutions = [
            MultiHeadAggregation(
                1,
                hidden_dim,
                aggregation=aggregation,
                use_root_weight=True,
                dtype=dtype,
                name=f"aggregation_{index}",
            )
            for index in range(num_layers)
        ]

        # === Functional model ===
        inputs = GraphInputs(dtype)
        nodes = inputs.encode_nodes(node_features, hidden_dim, dropout=dropout)
        pairs = inputs.encode_edges(edge_features, hidden_dim)
        results = convolution_stack(
            nodes,
            convolutions,
            lambda layer, x: layer(x, inputs.edges, pairs, node_mask=inputs.node_mask),
            inputs.node_mask,
            activation=activation,
            dropout=dropout,
            normalization=normalization,
            residual=False,
            activate_last=True,
            dtype=dtype,
        )
        super().__init__(inputs.tensors, results[-1], dtype=dtype, **kwargs)

        # === Config ===
        self.node_features = node_features
        self.hidden_dim = hidden_dim
        self.num_layers = num_layers
        self.aggregation = aggregation
        self.activation = activation
        self.dropout = dropout
        self.normalization = normalization
        self.edge_features = edge_features

    def get_config(self):
        return {
            **super().get_config(),
            "node_features": self.node_features,
            "hidden_dim": self.hidden_dim,
            "num_layers": self.num_layers,
            "aggregation": self.aggregation,
            "activation": self.activation,
            "dropout": self.dropout,
            "normalization": self.normalization,
            "edge_features": self.edge_features,
        }
