import keras

from keras_gt.layers import (
    EdgeAttention,
    FeedForward,
    MultiHeadAggregation,
    PairMask,
    TransformerGraphBlock,
)
from keras_gt.layers.graph_layer import check_choice
from keras_gt.models.backbone import Backbone, heads_of_layers, resolve_policy
from keras_gt.models.graph_inputs import GraphInputs, optional_input
from keras_gt.models.wiring import dropped, normalized


@keras.saving.register_keras_serializable(package="keras_gt")
class GraphTransformer(Backbone):
    """Graph transformer: Transformer blocks whose attention runs over a graph's edges.

    With edge features each block is the paper's with an edge stream (`EdgeAttention`), and its
    ZINC configuration has the paper's 588,929 parameters, those of the last block's edge stream,
    which reaches no prediction, among them but not trained; without them it is dot-product
    attention. The authors' code clips the scores to [-5, 5] there too; this model does not.

    Over the edges of `keras_gt.graph.add_expander_edges`, with "sparse" attention and the types of
    the edges as `edge_features`, its attention is Exphormer's, over the graph, an expander and
    virtual nodes, with an edge stream besides. `GraphGPS` with `global_attention="edges"` is the
    whole Exphormer.

    Args:
        node_features: {"dense": F}, {"categories": [sizes]} or {"words": vocabulary}.
        hidden_dim: int, width of nodes and edges, a multiple of num_heads.
        num_layers: int.
        num_heads: int, or list of one int a layer; with edge features an int.
        edge_features: {"dense": C}, {"categories": [sizes]} or None.
        positional_encodings: {input name: {"dim": K, "random_sign": bool}} or None.
        attention: "sparse" over the edge lists; "dense" over the same edges as a mask, faster
            for small dense graphs; "complete" over all pairs of a graph's nodes. With edge
            features only "sparse".
        intermediate_dim: int, width of the feed-forward; None for 2 hidden_dim, the paper's.
        activation: "relu", "elu", "gelu" or "gelu_tanh".
        normalization: "batch" or "layer".
        residual: "post", "pre" or "none", see `TransformerGraphBlock`; "pre" ends with a norm.
        use_root_weight: bool, adds the node's own projection to the attention's result.
        dropout: float, on the result of each part of a block and inside its feed-forward.
        attention_dropout: float, on the attention weights.
        head_dim: int, the size of a head; None for hidden_dim / num_heads. Needed where num_heads
            is a list, and not to be given with edge features.
        input_dropout: float, on the encoded node features with their encodings.
        embeddings_initializer: initializer of the vectors of categorical nodes; None for the
            default of `CategoricalEmbedding`. Rare words learn little from large first vectors.
        dtype: dtype policy.
        **kwargs: `name`, `trainable`.

    Returns:
        (B, N, hidden_dim).

    Raises:
        ValueError: if hidden_dim is not a multiple of num_heads, heads are not one number a layer,
            or the attention does not go with edge features.

    Example:
        >>> from keras_gt.models import GraphTransformer
        >>> GraphTransformer({"dense": 5}, 16, num_layers=2, num_heads=4).output_width
        16

    Reference:
        Dwivedi and Bresson, 2021, https://arxiv.org/abs/2012.09699, equations 2 to 8, with edge
        features 9 to 18, and table 1. Shirzad et al., Exphormer, 2023,
        https://arxiv.org/abs/2303.06147.
    """

    def __init__(
        self,
        node_features,
        hidden_dim,
        num_layers=10,
        num_heads=8,
        edge_features=None,
        positional_encodings=None,
        attention="sparse",
        intermediate_dim=None,
        activation="relu",
        normalization="batch",
        residual="post",
        use_root_weight=False,
        dropout=0.0,
        attention_dropout=0.0,
        head_dim=None,
        input_dropout=0.0,
        embeddings_initializer=None,
        dtype=None,
        **kwargs,
    ):
        heads, head_size = heads_of_layers(hidden_dim, num_layers, num_heads, head_dim)
        check_choice("attention", attention, ("sparse", "dense", "complete"))
        if edge_features is not None and (attention != "sparse" or use_root_weight):
            raise ValueError(
                "attention must be 'sparse', without use_root_weight, where there are edge "
                f"features. Received: attention={attention!r}, use_root_weight={use_root_weight}"
            )
        if edge_features is not None and head_dim is not None:
            raise ValueError(
                "head_dim must be left out where there are edge features: edges are as wide as the "
                f"heads together. Give num_heads as an int. Received: head_dim={head_dim}"
            )
        # === Layers ===
        dtype = resolve_policy(dtype)
        embeddings_initializer = keras.initializers.get(embeddings_initializer)

        def feed_forward(name):
            return FeedForward(
                intermediate_dim or 2 * hidden_dim,
                activation=activation,
                dropout=dropout,
                dtype=dtype,
                name=name,
            )

        blocks = []
        for index in range(num_layers):
            if edge_features is None:
                aggregation = MultiHeadAggregation(
                    heads[index],
                    head_size,
                    output_dim=hidden_dim,
                    use_root_weight=use_root_weight,
                    dropout=attention_dropout,
                    dtype=dtype,
                    name=f"attention_{index}",
                )
            else:
                aggregation = EdgeAttention(
                    heads[index],
                    head_size,
                    dropout=attention_dropout,
                    dtype=dtype,
                    name=f"attention_{index}",
                )
            blocks.append(
                TransformerGraphBlock(
                    aggregation,
                    feed_forward(f"feed_forward_{index}"),
                    normalization=normalization,
                    residual=residual,
                    dropout=dropout,
                    edge_feed_forward=(
                        feed_forward(f"edge_feed_forward_{index}") if edge_features else None
                    ),
                    dtype=dtype,
                    name=f"block_{index}",
                )
            )

        # === Functional model ===
        inputs = GraphInputs(dtype)
        nodes = inputs.encode_nodes(node_features, hidden_dim, initializer=embeddings_initializer)
        nodes = inputs.add_encodings(nodes, positional_encodings)
        nodes = dropped(nodes, input_dropout, dtype, "input_dropout")
        pairs = inputs.encode_edges(edge_features, hidden_dim)
        mask = inputs.node_mask
        edges = inputs.edges
        if attention != "sparse":
            graph_ids = None
            if attention == "complete":
                graph_ids = inputs.tensors["graph_ids"] = optional_input("graph_ids", "int32")
            pair_mask = PairMask(
                "edges" if attention == "dense" else "complete", dtype=dtype, name="pair_mask"
            )
            edges = pair_mask(nodes, edges, node_mask=mask, graph_ids=graph_ids)
        for index, block in enumerate(blocks):
            update_edges = edge_features is not None and index + 1 < num_layers
            result = block(nodes, edges, pairs, node_mask=mask, update_edges=update_edges)
            nodes, pairs = result if update_edges else (result, None)
        if edge_features is not None and blocks:
            _freeze_edge_stream(blocks[-1])
        if residual == "pre":
            nodes = normalized(nodes, mask, normalization, dtype, "final_norm")
        super().__init__(inputs.tensors, nodes, dtype=dtype, **kwargs)

        # === Config ===
        self.node_features = node_features
        self.hidden_dim = hidden_dim
        self.num_layers = num_layers
        self.num_heads = num_heads
        self.edge_features = edge_features
        self.positional_encodings = positional_encodings
        self.attention = attention
        self.intermediate_dim = intermediate_dim
        self.activation = activation
        self.normalization = normalization
        self.residual = residual
        self.use_root_weight = use_root_weight
        self.dropout = dropout
        self.attention_dropout = attention_dropout
        self.head_dim = head_dim
        self.input_dropout = input_dropout
        self.embeddings_initializer = embeddings_initializer

    @property
    def one_graph_a_row(self):
        return self.attention != "sparse"

    def get_config(self):
        return {
            **super().get_config(),
            "node_features": self.node_features,
            "hidden_dim": self.hidden_dim,
            "num_layers": self.num_layers,
            "num_heads": self.num_heads,
            "edge_features": self.edge_features,
            "positional_encodings": self.positional_encodings,
            "attention": self.attention,
            "intermediate_dim": self.intermediate_dim,
            "activation": self.activation,
            "normalization": self.normalization,
            "residual": self.residual,
            "use_root_weight": self.use_root_weight,
            "dropout": self.dropout,
            "attention_dropout": self.attention_dropout,
            "head_dim": self.head_dim,
            "input_dropout": self.input_dropout,
            "embeddings_initializer": keras.initializers.serialize(self.embeddings_initializer),
        }


def _freeze_edge_stream(block):
    """The last block's edges reach no prediction: its edge weights get no gradient.

    They stay, as in the paper's model and its parameter count, but are not trained.
    """
    for layer in (
        block.aggregation.edge_projection,
        block.edge_aggregation_norm,
        block.edge_feed_forward,
        block.edge_feed_forward_norm,
    ):
        layer.trainable = False
