import keras

from keras_gt.layers import (
    FeedForward,
    GatedGraphConvolution,
    GlobalLocalBlock,
    GraphIsomorphism,
    MultiHeadAggregation,
    PairMask,
    ScaledEdgeAttention,
    VirtualNodeFeatures,
)
from keras_gt.layers.graph_layer import check_choice
from keras_gt.models.backbone import Backbone, heads_of_layers, resolve_policy
from keras_gt.models.graph_inputs import GraphInputs, optional_input


@keras.saving.register_keras_serializable(package="keras_gt")
class GraphGPS(Backbone):
    """GraphGPS: layers of message passing beside attention over all nodes of a graph.

    Each layer is a `GlobalLocalBlock`. What tells nodes apart comes from the positional encodings
    that stand beside the node features. The authors' ZINC configuration, 10 layers of width 64
    with 4 heads, 20 random-walk probabilities projected to 28 and the "mlp" head on sums, has the
    paper's 423,717 parameters.

    With `global_attention="edges"` it is Exphormer: the attention runs along the edges and to
    virtual nodes, at a cost linear in both, and edge features scale its scores
    (`ScaledEdgeAttention`). The edges are those of `keras_gt.graph.add_expander_edges`, without
    virtual nodes of its own, and their features end with the edge's type: message passing runs
    along type 0, the graph's own edges, and attention along all, with the edge features as they
    were before the first layer. The virtual nodes are the model's, `num_virtual_nodes` a graph:
    they pass through the attention alone, and no norm, feed-forward or readout sees them. So it
    is in the authors' code, from which three things differ: types are embedded and added to the
    other edge features, where theirs gives all expander edges one vector; `attention_dropout` is
    applied, which theirs reads and leaves out; and GatedGCN has no gate for distances of
    positions, which their configurations with Laplacian encodings switch on. Expanders differ as
    `keras_gt.graph.expander` says. Of the 111,095 parameters that their code makes of their
    CIFAR10 configuration, 5 layers of 40, that gate with its positions takes 965 and the head
    2,050, which is another one here; the rest is this model's but for one vector, that of the
    stored edges' type.

    Args:
        node_features: {"dense": F}, {"categories": [sizes]} or {"words": vocabulary}.
        hidden_dim: int, width of nodes and edges, a multiple of num_heads.
        num_layers: int.
        num_heads: int, or list of one int a layer.
        edge_features: {"dense": C}, {"categories": [sizes]} or None.
        positional_encodings: {input name: {"dim": K, "units": D, "random_sign": bool,
            "normalization": "batch" or None}} or None; D of the hidden_dim entries of a node hold
            the encoding's projection, normed before where so said, the rest its features'.
        local: "gine", or "gated" for GatedGCN, which updates the edge features.
        normalization: "batch" or "layer".
        dropout: float, on the result of each part of a block.
        attention_dropout: float, on the attention weights.
        head_dim: int, the size of a head; None for hidden_dim / num_heads. Needed where num_heads
            is a list, and not to be given for "edges", whose heads together are hidden_dim wide.
        global_attention: "full" over all pairs of a graph's nodes, or "edges" along the edges,
            whose features end with their type: 0 for the graph's own.
        num_virtual_nodes: int, learned nodes of each graph that "edges" joins with all its nodes.
        dtype: dtype policy.
        **kwargs: `name`, `trainable`.

    Returns:
        (B, N, hidden_dim).

    Raises:
        ValueError: if hidden_dim is not a multiple of num_heads, heads are not one number a layer,
            the encodings leave no room for the node features, "gated" or "edges" has no edge
            features, "edges" has a head_dim, or "full" has virtual nodes.

    Example:
        >>> from keras_gt.models import GraphGPS
        >>> encodings = {"random_walks": {"dim": 20, "units": 6, "normalization": "batch"}}
        >>> GraphGPS({"dense": 5}, 16, 2, positional_encodings=encodings).output_width
        16

    Reference:
        Rampasek et al., 2022, https://arxiv.org/abs/2205.12454. Shirzad et al., Exphormer, 2023,
        https://arxiv.org/abs/2303.06147, whose code is https://github.com/hamed1375/Exphormer.
    """

    def __init__(
        self,
        node_features,
        hidden_dim,
        num_layers=10,
        num_heads=4,
        edge_features=None,
        positional_encodings=None,
        local="gine",
        normalization="batch",
        dropout=0.0,
        attention_dropout=0.0,
        head_dim=None,
        global_attention="full",
        num_virtual_nodes=0,
        dtype=None,
        **kwargs,
    ):
        heads, head_size = heads_of_layers(hidden_dim, num_layers, num_heads, head_dim)
        check_choice("local", local, ("gine", "gated"))
        check_choice("global_attention", global_attention, ("full", "edges"))
        along_edges = global_attention == "edges"
        if local == "gated" and edge_features is None:
            raise ValueError(
                "edge_features must be {'dense': C} or {'categories': [sizes]} for local='gated'. "
                "Give each edge a constant feature. Received: edge_features=None"
            )
        if along_edges:
            _check_edges(edge_features, head_dim)
        _check_virtual_nodes(num_virtual_nodes, global_attention)
        # === Layers ===
        dtype = resolve_policy(dtype)

        def local_layer(index):
            if local == "gated":
                return GatedGraphConvolution(hidden_dim, dtype=dtype, name=f"local_{index}")
            perceptron = FeedForward(hidden_dim, dtype=dtype, name=f"perceptron_{index}")
            return GraphIsomorphism(
                perceptron, use_edge_projection=False, dtype=dtype, name=f"local_{index}"
            )

        def attention_layer(index):
            options = {"dropout": attention_dropout, "dtype": dtype, "name": f"attention_{index}"}
            if along_edges:
                return ScaledEdgeAttention(heads[index], head_size, **options)
            return MultiHeadAggregation(heads[index], head_size, output_dim=hidden_dim, **options)

        blocks = [
            GlobalLocalBlock(
                local_layer(index),
                attention_layer(index),
                FeedForward(
                    2 * hidden_dim, dropout=dropout, dtype=dtype, name=f"feed_forward_{index}"
                ),
                normalization=normalization,
                dropout=dropout,
                dtype=dtype,
                name=f"block_{index}",
            )
            for index in range(num_layers)
        ]

        # === Functional model ===
        inputs = GraphInputs(dtype)
        room = _room(hidden_dim, positional_encodings)
        nodes = inputs.encode_nodes(node_features, room)
        nodes = inputs.join_encodings(nodes, positional_encodings)
        pairs = inputs.encode_edges(edge_features, hidden_dim)
        mask = inputs.node_mask
        local_mask = None
        if along_edges:
            local_mask = inputs.stored_edges
            attended = {"edges": inputs.edges, "edge_features": pairs}
            if num_virtual_nodes:
                attended |= _virtual_inputs(inputs, nodes, num_virtual_nodes, dtype)
        else:
            graph_ids = inputs.tensors["graph_ids"] = optional_input("graph_ids", "int32")
            pair_mask = PairMask("complete", dtype=dtype, name="pair_mask")
            attended = {"edges": pair_mask(nodes, node_mask=mask, graph_ids=graph_ids)}
        for block in blocks:
            result = block(
                nodes,
                inputs.edges,
                pairs,
                node_mask=mask,
                local_mask=local_mask,
                attention_inputs=attended,
            )
            nodes, *others = result if isinstance(result, tuple) else (result,)
            if local == "gated":
                pairs, *others = others
            if others:
                attended = {**attended, "virtual_nodes": others[0]}
        if local == "gated" and blocks:
            blocks[-1].edge_update_norm.trainable = False  # these edges reach no prediction
        super().__init__(inputs.tensors, nodes, dtype=dtype, **kwargs)

        # === Config ===
        self.node_features = node_features
        self.hidden_dim = hidden_dim
        self.num_layers = num_layers
        self.num_heads = num_heads
        self.edge_features = edge_features
        self.positional_encodings = positional_encodings
        self.local = local
        self.normalization = normalization
        self.dropout = dropout
        self.attention_dropout = attention_dropout
        self.head_dim = head_dim
        self.global_attention = global_attention
        self.num_virtual_nodes = num_virtual_nodes

    @property
    def one_graph_a_row(self):
        return self.global_attention == "full"

    def get_config(self):
        return {
            **super().get_config(),
            "node_features": self.node_features,
            "hidden_dim": self.hidden_dim,
            "num_layers": self.num_layers,
            "num_heads": self.num_heads,
            "edge_features": self.edge_features,
            "positional_encodings": self.positional_encodings,
            "local": self.local,
            "normalization": self.normalization,
            "dropout": self.dropout,
            "attention_dropout": self.attention_dropout,
            "head_dim": self.head_dim,
            "global_attention": self.global_attention,
            "num_virtual_nodes": self.num_virtual_nodes,
        }


def _room(hidden_dim, encodings):
    """The width that is left for the node features beside the encodings."""
    for name, options in (encodings or {}).items():
        if not {"dim", "units"} <= set(options):
            raise ValueError(
                "positional_encodings must map each input's name to its 'dim' and the 'units' of "
                f"its projection. Add them. Received: positional_encodings[{name!r}]={options!r}"
            )
    units = sum(options["units"] for options in (encodings or {}).values())
    if units >= hidden_dim:
        raise ValueError(
            "positional_encodings must have fewer units than hidden_dim, which node features share "
            f"with them. Give them fewer. Received: {units} units, hidden_dim={hidden_dim}"
        )
    return hidden_dim - units


def _check_edges(edge_features, head_dim):
    """Raises where attention along the edges is not told their types, or has heads of a size."""
    if edge_features is None:
        raise ValueError(
            "edge_features must end with the types of edges for global_attention='edges'. Use "
            "keras_gt.graph.add_expander_edges, and count its types among the features. Received: "
            "edge_features=None"
        )
    if head_dim is not None:
        raise ValueError(
            "head_dim must be left out for global_attention='edges', whose heads together are as "
            f"wide as the nodes. Give num_heads as an int. Received: head_dim={head_dim}"
        )


def _check_virtual_nodes(count, global_attention):
    if count < 0 or (count and global_attention == "full"):
        raise ValueError(
            "num_virtual_nodes must be 0 or more, and 0 for global_attention='full', in which all "
            f"nodes read each other. Change one of them. Received: num_virtual_nodes={count}, "
            f"global_attention={global_attention!r}"
        )


def _virtual_inputs(inputs, nodes, count, dtype):
    """What the attention takes of virtual nodes, by argument."""
    graphs = inputs.graphs
    layer = VirtualNodeFeatures(count, dtype=dtype, name="virtual_nodes")
    virtual_nodes, virtual_edges = layer(nodes, graph_mask=graphs["graph_mask"])
    return {
        "virtual_nodes": virtual_nodes,
        "virtual_edges": virtual_edges,
        "graph_ids": graphs["graph_ids"],
        "graph_mask": graphs["graph_mask"],
    }
