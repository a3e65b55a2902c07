import keras

from keras_gt.layers import GraphConvolution
from keras_gt.models.backbone import Backbone, resolve_policy
from keras_gt.models.convolution_stack import combine_layers, convolution_stack
from keras_gt.models.graph_inputs import GraphInputs
from keras_gt.models.wiring import dropped


@keras.saving.register_keras_serializable(package="keras_gt")
class GCN(Backbone):
    """Graph convolutional network: a stack of `GraphConvolution`.

    Reads `edge_weights`, which `keras_gt.graph.normalise_gcn` makes. The encoder of the node
    features is the first layer's W, as in the paper, or, with `linear_encoder`, a linear layer of
    its own before the stack. With residuals, norms, `input_dropout=0.0` and jumping knowledge it
    is one of the tuned baselines that rival graph transformers.

    Args:
        node_features: {"dense": F}, {"categories": [sizes]} or {"words": vocabulary}.
        hidden_dim: int, width of the layers.
        num_layers: int, number of convolutions.
        output_dim: int, the width of the last convolution, which is then left without norm and
            activation (the paper's logits); None keeps hidden_dim.
        activation: "relu", "elu", "gelu" or "gelu_tanh".
        dropout: float, on the node features, after a linear encoder and after each activation.
        input_dropout: float, on the node features alone; None for the value of `dropout`. The
            tuned baselines read them undropped.
        normalization: None, "batch" or "layer".
        residual: bool, adds a linear projection of each layer's input.
        linear_encoder: bool, whether a linear layer and dropout come before the first convolution;
            None for the value of `residual`.
        jumping_knowledge: "last", "sum" of all layers' results, or "concat", them side by side.
        use_bias: bool, whether the convolutions have one; False in the authors' code.
        kernel_l2: float, L2 factor on the encoder's kernel (the paper regularises the first
            layer alone).
        dtype: dtype policy.
        **kwargs: `name`, `trainable`.

    Returns:
        (B, N, hidden_dim), with `output_dim` (B, N, output_dim); with jumping_knowledge="concat"
        the widths of all layers add up.

    Example:
        >>> from keras_gt.models import GCN
        >>> GCN({"dense": 5}, hidden_dim=16, num_layers=2, output_dim=3).output_width
        3

    Reference:
        Kipf and Welling, 2017, https://arxiv.org/abs/1609.02907, equations 2 and 9.
        Luo, Shi and Wu, Classic GNNs are Strong Baselines, 2024, https://arxiv.org/abs/2406.08993
        (residual, norm, encoder).
    """

    def __init__(
        self,
        node_features,
        hidden_dim,
        num_layers=2,
        output_dim=None,
        activation="relu",
        dropout=0.0,
        input_dropout=None,
        normalization=None,
        residual=False,
        linear_encoder=None,
        jumping_knowledge="last",
        use_bias=True,
        kernel_l2=0.0,
        dtype=None,
        **kwargs,
    ):
        # === Layers ===
        dtype = resolve_policy(dtype)
        linear = residual if linear_encoder is None else linear_encoder
        widths = [hidden_dim] * num_layers
        widths[-1] = output_dim or hidden_dim
        convolutions = [
            GraphConvolution(
                width,
                use_projection=linear or index > 0,
                use_bias=use_bias,
                dtype=dtype,
                name=f"convolution_{index}",
            )
            for index, width in enumerate(widths)
        ]

        # === Functional model ===
        inputs = GraphInputs(dtype, use_weights=True)
        first_dropout = dropout if input_dropout is None else input_dropout
        nodes = inputs.encode_nodes(
            node_features,
            hidden_dim if linear else widths[0],
            use_bias=linear,
            dropout=first_dropout,
            kernel_regularizer=keras.regularizers.L2(kernel_l2) if kernel_l2 else None,
        )
        if linear:
            nodes = dropped(nodes, dropout, dtype, "encoder_dropout")
        results = convolution_stack(
            nodes,
            convolutions,
            lambda layer, x: layer(x, inputs.edges, node_mask=inputs.node_mask),
            inputs.node_mask,
            activation=activation,
            dropout=dropout,
            normalization=normalization,
            residual=residual,
            activate_last=output_dim is None,
            dtype=dtype,
            first_shortcut=(None if linear else inputs.shortcut_of(node_features, first_dropout)),
        )
        outputs = combine_layers(results, jumping_knowledge, dtype)
        super().__init__(inputs.tensors, outputs, dtype=dtype, **kwargs)

        # === Config ===
        self.node_features = node_features
        self.hidden_dim = hidden_dim
        self.num_layers = num_layers
        self.output_dim = output_dim
        self.activation = activation
        self.dropout = dropout
        self.input_dropout = input_dropout
        self.normalization = normalization
        self.residual = residual
        self.linear_encoder = linear_encoder
        self.jumping_knowledge = jumping_knowledge
        self.use_bias = use_bias
        self.kernel_l2 = kernel_l2

    def get_config(self):
        return {
            **super().get_config(),
            "node_features": self.node_features,
            "hidden_dim": self.hidden_dim,
            "num_layers": self.num_layers,
            "output_dim": self.output_dim,
            "activation": self.activation,
            "dropout": self.dropout,
            "input_dropout": self.input_dropout,
            "normalization": self.normalization,
            "residual": self.residual,
            "linear_encoder": self.linear_encoder,
            "jumping_knowledge": self.jumping_knowledge,
            "use_bias": self.use_bias,
            "kernel_l2": self.kernel_l2,
        }
