import keras

from keras_gt.layers import GraphAttention, PolynomialAttention, PolynomialGraphBlock
from keras_gt.models.backbone import Backbone, resolve_policy
from keras_gt.models.convolution_stack import combine_layers
from keras_gt.models.graph_inputs import GraphInputs
from keras_gt.models.wiring import activated, dropped, normalized


@keras.saving.register_keras_serializable(package="keras_gt")
class Polynormer(Backbone):
    """Polynormer: local attention that multiplies features, then linear global attention.

    With P the `PolynomialGraphBlock` of GAT over the edges, S the `PolynomialAttention` over all
    nodes, O one projection that all global layers share and D dropout,

        x_0 = D(E D(x)),  x_l = P_l(x_{l-1}),  z_0 = LayerNorm(x_1 + ... + x_L)
        z_l = D(ReLU(O S_l(z_{l-1})))

    Without global layers the result is the sum x_1 + ... + x_L: the paper trains that model
    first and goes on from its weights, see `load_local_weights`. The sum, the norms and the
    shared projection are those of the authors' code; its ReLUs make what the paper calls
    Polynormer-r. PyG's Polynormer has a projection for each global layer. The paper's graphs are
    undirected, with self-loops: `keras_gt.graph.symmetrise` and `add_self_loops`.

    Args:
        node_features: {"dense": F}, {"categories": [sizes]} or {"words": vocabulary}.
        head_dim: int, size of a head.
        num_heads: int, heads of the local and of the global attention, side by side.
        num_local_layers: int.
        num_global_layers: int; 0 for the local model.
        activation: "relu", "elu", "gelu", "gelu_tanh", or None for the paper's model without
            activations.
        beta: float in [0, 1], where the layers' beta begins; None for sigmoids of weights.
        pre_normalization: bool, a layer norm before each local layer, as the authors' code has it
            for one data set.
        dropout: float, after the encoder and in the local layers.
        input_dropout: float, on the node features alone; None for the value of `dropout`.
        global_dropout: float, after each global layer; None for the value of `dropout`.
        dtype: dtype policy.
        **kwargs: `name`, `trainable`.

    Returns:
        (B, N, num_heads head_dim).

    Raises:
        ValueError: for a beta outside [0, 1]; by `load_local_weights`, if the local layers differ.

    Example:
        >>> from keras_gt.models import Polynormer
        >>> Polynormer({"dense": 5}, head_dim=8, num_heads=2, num_local_layers=2).output_width
        16

    Reference:
        Deng, Yue and Zhang, Polynormer: Polynomial-Expressive Graph Transformer in Linear Time,
        2024, https://arxiv.org/abs/2403.01232.
    """

    def __init__(
        self,
        node_features,
        head_dim,
        num_heads=8,
        num_local_layers=7,
        num_global_layers=2,
        activation="relu",
        beta=None,
        pre_normalization=False,
        dropout=0.0,
        input_dropout=None,
        global_dropout=None,
        dtype=None,
        **kwargs,
    ):
        # === Layers ===
        dtype = resolve_policy(dtype)
        width = num_heads * head_dim
        blocks = [
            PolynomialGraphBlock(
                GraphAttention(
                    num_heads, head_dim, use_bias=False, dtype=dtype, name=f"attention_{index}"
                ),
                activation=activation,
                beta=beta,
                dropout=dropout,
                dtype=dtype,
                name=f"block_{index}",
            )
            for index in range(num_local_layers)
        ]
        attentions = [
            PolynomialAttention(
                num_heads, head_dim, beta=beta, dtype=dtype, name=f"global_attention_{index}"
            )
            for index in range(num_global_layers)
        ]

        # === Functional model ===
        inputs = GraphInputs(dtype)
        nodes = inputs.encode_nodes(
            node_features, width, dropout=dropout if input_dropout is None else input_dropout
        )
        nodes = dropped(nodes, dropout, dtype, "encoder_dropout")
        results = []
        for index, block in enumerate(blocks):
            if pre_normalization:
                nodes = normalized(nodes, None, "layer", dtype, f"norm_{index}")
            nodes = block(nodes, inputs.edges, node_mask=inputs.node_mask)
            results.append(nodes)
        if results:
            nodes = combine_layers(results, "sum", dtype)
        if attentions:
            nodes = normalized(nodes, None, "layer", dtype, "global_norm")
            project = keras.layers.Dense(width, dtype=dtype, name="global_projection")
        rate = dropout if global_dropout is None else global_dropout
        for index, layer in enumerate(attentions):
            nodes = project(layer(nodes, **inputs.graphs))
            if activation is not None:
                nodes = activated(nodes, activation)
            nodes = dropped(nodes, rate, dtype, f"global_dropout_{index}")
        super().__init__(inputs.tensors, nodes, dtype=dtype, **kwargs)

        # === Config ===
        self.node_features = node_features
        self.head_dim = head_dim
        self.num_heads = num_heads
        self.num_local_layers = num_local_layers
        self.num_global_layers = num_global_layers
        self.activation = activation
        self.beta = beta
        self.pre_normalization = pre_normalization
        self.dropout = dropout
        self.input_dropout = input_dropout
        self.global_dropout = global_dropout

    def load_local_weights(self, local):
        """Copies the encoder and the local layers of a model trained without global layers.

        Args:
            local: `Polynormer` of the same configuration but for its global layers.

        Raises:
            ValueError: if the local layers are not the same.
        """
        names = [name for name in self.get_config() if name not in ("name", "num_global_layers")]
        wrong = [name for name in names if getattr(self, name) != getattr(local, name, None)]
        if wrong:
            raise ValueError(
                "local must be a Polynormer of the same configuration but for its global layers. "
                f"Build it from this model's config. Received: another {', '.join(wrong)}"
            )
        for layer in local.layers:
            if layer.weights and not layer.name.startswith("global_"):
                self.get_layer(layer.name).set_weights(layer.get_weights())

    def get_config(self):
        return {
            **super().get_config(),
            "node_features": self.node_features,
            "head_dim": self.head_dim,
            "num_heads": self.num_heads,
            "num_local_layers": self.num_local_layers,
            "num_global_layers": self.num_global_layers,
            "activation": self.activation,
            "beta": self.beta,
            "pre_normalization": self.pre_normalization,
            "dropout": self.dropout,
            "input_dropout": self.input_dropout,
            "global_dropout": self.global_dropout,
        }
