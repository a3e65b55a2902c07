import keras

from keras_gt.layers import GraphConvolution, SimpleGlobalAttention
from keras_gt.layers.graph_layer import check_choice
from keras_gt.models.backbone import Backbone, resolve_policy
from keras_gt.models.graph_inputs import GraphInputs
from keras_gt.models.wiring import activated, dropped, normalized


@keras.saving.register_keras_serializable(package="keras_gt")
class SGFormer(Backbone):
    """SGFormer: one layer of linear global attention beside a graph convolutional network.

    Two branches, each with a linear encoder of its own, read the node features x. With T the
    global attention, G the graph convolution over the edges, D dropout and w the graph_weight,

        attention:  z = D(ReLU(LayerNorm(E_1 x))),  z <- D(LayerNorm((T(z) + z) / 2))
        graph:      g_0 = D(ReLU(BatchNorm(E_2 x))),  g <- g_0 + D(ReLU(BatchNorm(G(g))))
        h = (1 - w) z + w g

    The paper has one encoder for both branches; its authors' code for large graphs, which this
    model follows, has two. (Their code for small graphs has a GCN without the residual.) The
    published settings have no activation after the attention; PyG's SGFormer has a ReLU there,
    and norm one for each node's query and key: `attention_activation="relu"`, `unit_norm="node"`.
    Reads `edge_weights`, which `keras_gt.graph.normalise_gcn` makes.

    Args:
        node_features: {"dense": F}, {"categories": [sizes]} or {"words": vocabulary}.
        hidden_dim: int, width of the layers.
        num_layers: int, layers of global attention; one in the paper.
        num_heads: int, heads of the attention, each hidden_dim wide and averaged.
        num_graph_layers: int, graph convolutions.
        graph_weight: float in [0, 1], the share w of the graph's branch.
        combine: "sum" of the weighted branches, or "concat", them side by side without weights.
        unit_norm: "graph" or "node", see `SimpleGlobalAttention`.
        attention_activation: None, "relu", "elu", "gelu" or "gelu_tanh".
        dropout: float, in the branch of the attention.
        graph_dropout: float, in the branch of the graph; None for the value of `dropout`.
        dtype: dtype policy.
        **kwargs: `name`, `trainable`.

    Returns:
        (B, N, hidden_dim), or (B, N, 2 hidden_dim) with combine="concat".

    Raises:
        ValueError: for a graph_weight outside [0, 1], or an unknown combine.

    Example:
        >>> from keras_gt.models import SGFormer
        >>> SGFormer({"dense": 5}, hidden_dim=16).output_width
        16

    Reference:
        Wu et al., SGFormer: Simplifying and Empowering Transformers for Large-Graph
        Representations, 2023, https://arxiv.org/abs/2306.10759.
    """

    def __init__(
        self,
        node_features,
        hidden_dim,
        num_layers=1,
        num_heads=1,
        num_graph_layers=3,
        graph_weight=0.5,
        combine="sum",
        unit_norm="graph",
        attention_activation=None,
        dropout=0.0,
        graph_dropout=None,
        dtype=None,
        **kwargs,
    ):
        check_choice("combine", combine, ("sum", "concat"))
        if not 0 <= graph_weight <= 1:
            raise ValueError(
                "graph_weight must be in [0, 1]. Give the share of the graph's branch. Received: "
                f"graph_weight={graph_weight}"
            )
        # === Layers ===
        dtype = resolve_policy(dtype)
        attentions = [
            SimpleGlobalAttention(
                num_heads, hidden_dim, unit_norm=unit_norm, dtype=dtype, name=f"attention_{index}"
            )
            for index in range(num_layers)
        ]
        convolutions = [
            GraphConvolution(hidden_dim, dtype=dtype, name=f"convolution_{index}")
            for index in range(num_graph_layers)
        ]

        # === Functional model ===
        inputs = GraphInputs(dtype, use_weights=True)
        mask = inputs.node_mask

        def finish(x, kind, activation, rate, name):
            x = normalized(x, mask, kind, dtype, f"{name}_norm")
            if activation is not None:
                x = activated(x, activation)
            return dropped(x, rate, dtype, f"{name}_dropout")

        nodes = inputs.encode_nodes(node_features, hidden_dim)
        nodes = finish(nodes, "layer", "relu", dropout, "encoder")
        for index, layer in enumerate(attentions):
            average = keras.layers.Average(dtype=dtype, name=f"average_{index}")
            nodes = average([layer(nodes, **inputs.graphs), nodes])
            nodes = finish(nodes, "layer", attention_activation, dropout, f"attention_{index}")

        rate = dropout if graph_dropout is None else graph_dropout
        first = inputs.encode_nodes(node_features, hidden_dim, name="graph_encoder")
        first = finish(first, "batch", "relu", rate, "graph_encoder")
        local = first
        for index, layer in enumerate(convolutions):
            update = layer(local, inputs.edges, node_mask=mask)
            update = finish(update, "batch", "relu", rate, f"convolution_{index}")
            local = first + update

        if combine == "sum":
            outputs = (1 - graph_weight) * nodes + graph_weight * local
        else:
            outputs = keras.layers.Concatenate(dtype=dtype, name="branches")([nodes, local])
        super().__init__(inputs.tensors, outputs, dtype=dtype, **kwargs)

        # === Config ===
        self.node_features = node_features
        self.hidden_dim = hidden_dim
        self.num_layers = num_layers
        self.num_heads = num_heads
        self.num_graph_layers = num_graph_layers
        self.graph_weight = graph_weight
        self.combine = combine
        self.unit_norm = unit_norm
        self.attention_activation = attention_activation
        self.dropout = dropout
        self.graph_dropout = graph_dropout

    def get_config(self):
        return {
            **super().get_config(),
            "node_features": self.node_features,
            "hidden_dim": self.hidden_dim,
            "num_layers": self.num_layers,
            "num_heads": self.num_heads,
            "num_graph_layers": self.num_graph_layers,
            "graph_weight": self.graph_weight,
            "combine": self.combine,
            "unit_norm": self.unit_norm,
            "attention_activation": self.attention_activation,
            "dropout": self.dropout,
            "graph_dropout": self.graph_dropout,
        }
