import keras

from keras_gt.layers import MultiHeadAggregation
from keras_gt.models.backbone import Backbone, resolve_policy
from keras_gt.models.convolution_stack import combine_layers, convolution_stack
from keras_gt.models.graph_inputs import GraphInputs
from keras_gt.models.wiring import dropped


@keras.saving.register_keras_serializable(package="keras_gt")
class GraphSAGE(Backbone):
    """GraphSAGE: each layer joins a node's own features with a reduction of its neighbours'.

    All neighbours are read, where the paper draws some, and its normalisation of each result to
    length 1 is left out.

    With residuals, norms, `input_dropout=0.0` and jumping knowledge it is one of the tuned
    baselines that rival graph transformers.

    Args:
        node_features: {"dense": F}, {"categories": [sizes]} or {"words": vocabulary}.
        hidden_dim: int, width of the layers.
        num_layers: int.
        aggregation: "mean", "sum", "max", "min" or "std".
        activation: "relu", "elu", "gelu" or "gelu_tanh".
        dropout: float, on the node features, after a linear encoder and after each activation.
        input_dropout: float, on the node features alone; None for the value of `dropout`. The
            tuned baselines read them undropped.
        normalization: None, "batch" or "layer".
        residual: bool, adds a linear projection of each layer's input.
        linear_encoder: bool, whether a linear layer and dropout come before the first layer;
            False, for dense features alone, lets it read them as they are.
        jumping_knowledge: "last", "sum" of all layers' results, or "concat", them side by side.
        edge_features: {"dense": C}, {"categories": [sizes]} or None.
        dtype: dtype policy.
        **kwargs: `name`, `trainable`.

    Returns:
        (B, N, hidden_dim), or (B, N, num_layers hidden_dim) with jumping_knowledge="concat".

    Example:
        >>> from keras_gt.models import GraphSAGE
        >>> GraphSAGE({"dense": 5}, hidden_dim=16).output_width
        16

    Reference:
        Hamilton, Ying and Leskovec, 2017, https://arxiv.org/abs/1706.02216, algorithm 1,
        section 3.3.
        Luo, Shi and Wu, Classic GNNs are Strong Baselines, 2024, https://arxiv.org/abs/2406.08993
        (residual, norm, encoder).
    """

    def __init__(
        self,
        node_features,
        hidden_dim,
        num_layers=2,
        aggregation="mean",
        activation="relu",
        dropout=0.0,
        input_dropout=None,
        normalization=None,
        residual=False,
        linear_encoder=True,
        jumping_knowledge="last",
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
        first_dropout = dropout if input_dropout is None else input_dropout
        if linear_encoder:
            nodes = inputs.encode_nodes(node_features, hidden_dim, dropout=first_dropout)
            nodes = dropped(nodes, dropout, dtype, "encoder_dropout")
        else:
            nodes = inputs.dense_nodes(node_features, first_dropout)
        pairs = inputs.encode_edges(edge_features, hidden_dim, by_kind=True)
        results = convolution_stack(
            nodes,
            convolutions,
            lambda layer, x: layer(x, inputs.edges, pairs, node_mask=inputs.node_mask),
            inputs.node_mask,
            activation=activation,
            dropout=dropout,
            normalization=normalization,
            residual=residual,
            activate_last=True,
            dtype=dtype,
        )
        outputs = combine_layers(results, jumping_knowledge, dtype)
        super().__init__(inputs.tensors, outputs, dtype=dtype, **kwargs)

        # === Config ===
        self.node_features = node_features
        self.hidden_dim = hidden_dim
        self.num_layers = num_layers
        self.aggregation = aggregation
        self.activation = activation
        self.dropout = dropout
        self.input_dropout = input_dropout
        self.normalization = normalization
        self.residual = residual
        self.linear_encoder = linear_encoder
        self.jumping_knowledge = jumping_knowledge
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
            "input_dropout": self.input_dropout,
            "normalization": self.normalization,
            "residual": self.residual,
            "linear_encoder": self.linear_encoder,
            "jumping_knowledge": self.jumping_knowledge,
            "edge_features": self.edge_features,
        }
