import keras

from keras_gt.layers import GraphConvolution
from keras_gt.models.backbone import Backbone, resolve_policy
from keras_gt.models.convolution_stack import convolution_stack
from keras_gt.models.graph_inputs import GraphInputs


@keras.saving.register_keras_serializable(package="keras_gt")
class GCN(Backbone):
    """Graph convolutional network: a stack of `GraphConvolution`.

    Reads `edge_weights`, which `keras_gt.graph.normalise_gcn` makes. Without `residual` the
    encoder of the node features is the first layer's W, as in the paper; with it the encoder is a
    linear layer of its own before the stack.

    Args:
        node_features: {"dense": F}, {"categories": [sizes]} or {"words": vocabulary}.
        hidden_dim: int, width of the layers.
        num_layers: int, number of convolutions.
        output_dim: int, the width of the last convolution, which is then left without norm and
            activation (the paper's logits); None keeps hidden_dim.
        activation: "relu", "elu", "gelu" or "gelu_tanh".
        dropout: float, on the node features and after each activation.
        normalization: None, "batch" or "layer".
        residual: bool, adds a linear projection of each layer's input.
        use_bias: bool, whether the convolutions have one; False in the authors' code.
        kernel_l2: float, L2 factor on the encoder's kernel (the paper regularises the first
            layer alone).
        dtype: dtype policy.
        **kwargs: `name`, `trainable`.

    Example:
        >>> from keras_gt.models import GCN
        >>> GCN({"dense": 5}, hidden_dim=16, num_layers=2, output_dim=3).output_width
        3

    Reference:
        Kipf and Welling, 2017, https://arxiv.org/abs/1609.02907.
    """

    def __init__(
        self,
        node_features,
        hidden_dim,
        num_layers=2,
        output_dim=None,
        activation="relu",
        dropout=0.0,
        normalization=None,
        residual=False,
        use_bias=True,
        kernel_l2=0.0,
        dtype=None,
        **kwargs,
    ):
        # === Layers ===
        dtype = resolve_policy(dtype)
        widths = [hidden_dim] * num_layers
        widths[-1] = output_dim or hidden_dim
        convolutions = [
            GraphConvolution(
                width,
                use_projection=residual or index > 0,
                use_bias=use_bias,
                dtype=dtype,
                name=f"convolution_{index}",
            )
            for index, width in enumerate(widths)
        ]

        # === Functional model ===
        inputs = GraphInputs(dtype, use_weights=True)
        nodes = inputs.encode_nodes(
            node_features,
            widths[0] if num_layers == 1 and not residual else hidden_dim,
            use_bias=residual,
            dropout=dropout,
            kernel_regularizer=keras.regularizers.L2(kernel_l2) if kernel_l2 else None,
        )
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
        )
        super().__init__(inputs.tensors, results[-1], dtype=dtype, **kwargs)

        # === Config ===
        self.node_features = node_features
        self.hidden_dim = hidden_dim
        self.num_layers = num_layers
        self.output_dim = output_dim
        self.activation = activation
        self.dropout = dropout
        self.normalization = normalization
        self.residual = residual
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
            "normalization": self.normalization,
            "residual": self.residual,
            "use_bias": self.use_bias,
            "kernel_l2": self.kernel_l2,
        }
