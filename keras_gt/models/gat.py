import keras

from keras_gt.layers import GraphAttention
from keras_gt.models.backbone import Backbone, resolve_policy
from keras_gt.models.convolution_stack import combine_layers, convolution_stack
from keras_gt.models.graph_inputs import GraphInputs
from keras_gt.models.wiring import dropped


@keras.saving.register_keras_serializable(package="keras_gt")
class GAT(Backbone):
    """Graph attention network: a stack of `GraphAttention`.

    The encoder of the node features is the first layer's W, as in the paper, or, with
    `linear_encoder`, a linear layer of its own before the stack. With residuals, norms,
    `input_dropout=0.0` and `use_bias=False` it is one of the tuned baselines that rival graph
    transformers. Add self-loops to the graph, as the papers do.

    Args:
        node_features: {"dense": F}, {"categories": [sizes]} or {"words": vocabulary}.
        head_dim: int, size of a head.
        num_heads: int, heads of the hidden layers, concatenated.
        num_layers: int, number of attention layers.
        output_dim: int, the width of the last layer, whose heads are averaged and which is left
            without norm and activation (the paper's logits); None makes it a hidden layer.
        output_heads: int, heads of that last layer.
        score: "gat" or "gatv2".
        use_score_bias: bool, the score biases of the authors' code (gat).
        activation: "relu", "elu", "gelu" or "gelu_tanh".
        dropout: float, on the node features, after a linear encoder and after each activation.
        input_dropout: float, on the node features alone; None for the value of `dropout`. The
            tuned baselines read them undropped.
        attention_dropout: float, on the attention weights.
        value_dropout: float, on the projected features as they are summed (the authors' code).
        normalization: None, "batch" or "layer".
        residual: bool, adds a linear projection of each layer's input.
        linear_encoder: bool, whether a linear layer and dropout come before the first attention;
            None for the value of `residual`.
        jumping_knowledge: "last", "sum" of all layers' results, or "concat", them side by side.
        use_bias: bool, whether the attention layers have one.
        edge_features: {"dense": C}, {"categories": [sizes]} or None.
        kernel_l2: float, L2 factor on all kernels and score vectors.
        dtype: dtype policy.
        **kwargs: `name`, `trainable`.

    Returns:
        (B, N, num_heads head_dim), with `output_dim` (B, N, output_dim); with
        jumping_knowledge="concat" the widths of all layers add up.

    Example:
        >>> from keras_gt.models import GAT
        >>> GAT({"words": 50}, head_dim=8, num_heads=8, output_dim=3).output_width
        3

    Reference:
        Velickovic et al., 2018, https://arxiv.org/abs/1710.10903, equations 1-6, section 3.3.
        Luo, Shi and Wu, Classic GNNs are Strong Baselines, 2024, https://arxiv.org/abs/2406.08993
        (residual, norm, encoder).
    """

    def __init__(
        self,
        node_features,
        head_dim,
        num_heads,
        num_layers=2,
        output_dim=None,
        output_heads=1,
        score="gat",
        use_score_bias=False,
        activation="elu",
        dropout=0.0,
        input_dropout=None,
        attention_dropout=0.0,
        value_dropout=0.0,
        normalization=None,
        residual=False,
        linear_encoder=None,
        jumping_knowledge="last",
        use_bias=True,
        edge_features=None,
        kernel_l2=0.0,
        dtype=None,
        **kwargs,
    ):
        # === Layers ===
        dtype = resolve_policy(dtype)
        regularizer = keras.regularizers.L2(kernel_l2) if kernel_l2 else None
        linear = residual if linear_encoder is None else linear_encoder
        direct = not linear and score == "gat" and (num_layers > 1 or output_dim is None)
        convolutions = []
        for index in range(num_layers):
            last = index + 1 == num_layers and output_dim is not None
            convolutions.append(
                GraphAttention(
                    output_heads if last else num_heads,
                    output_dim if last else head_dim,
                    score=score,
                    concat_heads=not last,
                    dropout=attention_dropout,
                    value_dropout=value_dropout,
                    use_bias=use_bias,
                    use_score_bias=use_score_bias,
                    use_projection=index > 0 or not direct,
                    kernel_regularizer=regularizer,
                    dtype=dtype,
                    name=f"attention_{index}",
                )
            )

        # === Functional model ===
        inputs = GraphInputs(dtype)
        first_dropout = dropout if input_dropout is None else input_dropout
        nodes = inputs.encode_nodes(
            node_features,
            num_heads * head_dim,
            use_bias=linear,
            dropout=first_dropout,
            kernel_regularizer=regularizer,
        )
        if linear:
            nodes = dropped(nodes, dropout, dtype, "encoder_dropout")
        pairs = inputs.encode_edges(edge_features, num_heads * head_dim, by_kind=True)
        results = convolution_stack(
            nodes,
            convolutions,
            lambda layer, x: layer(x, inputs.edges, pairs, node_mask=inputs.node_mask),
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
        self.head_dim = head_dim
        self.num_heads = num_heads
        self.num_layers = num_layers
        self.output_dim = output_dim
        self.output_heads = output_heads
        self.score = score
        self.use_score_bias = use_score_bias
        self.activation = activation
        self.dropout = dropout
        self.input_dropout = input_dropout
        self.attention_dropout = attention_dropout
        self.value_dropout = value_dropout
        self.normalization = normalization
        self.residual = residual
        self.linear_encoder = linear_encoder
        self.jumping_knowledge = jumping_knowledge
        self.use_bias = use_bias
        self.edge_features = edge_features
        self.kernel_l2 = kernel_l2

    def get_config(self):
        return {
            **super().get_config(),
            "node_features": self.node_features,
            "head_dim": self.head_dim,
            "num_heads": self.num_heads,
            "num_layers": self.num_layers,
            "output_dim": self.output_dim,
            "output_heads": self.output_heads,
            "score": self.score,
            "use_score_bias": self.use_score_bias,
            "activation": self.activation,
            "dropout": self.dropout,
            "input_dropout": self.input_dropout,
            "attention_dropout": self.attention_dropout,
            "value_dropout": self.value_dropout,
            "normalization": self.normalization,
            "residual": self.residual,
            "linear_encoder": self.linear_encoder,
            "jumping_knowledge": self.jumping_knowledge,
            "use_bias": self.use_bias,
            "edge_features": self.edge_features,
            "kernel_l2": self.kernel_l2,
        }
