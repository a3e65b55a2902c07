import keras
from keras import ops

from keras_gt.layers import (
    DegreeEncoding,
    FeedForward,
    MultiHeadAggregation,
    PairMask,
    PathBias,
    TransformerGraphBlock,
    VirtualNodes,
)
from keras_gt.models.backbone import Backbone, check_heads, resolve_policy
from keras_gt.models.graph_inputs import GraphInputs, optional_input
from keras_gt.models.wiring import dropped, normalized

DISTANCES, PATHS = "shortest_path_distances", "shortest_path_features"


@keras.saving.register_keras_serializable(package="keras_gt")
class Graphormer(Backbone):
    """Graphormer: a Transformer over a graph's nodes, its scores biased by distances and paths.

    Nodes begin as their features and the encodings of their degrees (`DegreeEncoding`), with a
    graph token before them. The score of receiver i and sender j in every head of every block is

        (Q h_i) . (K h_j) / sqrt(K) + b[distance(i, j)] + c_ij

    with a learned bias b for each distance, c_ij from the edges along the shortest path
    (`PathBias`) and one learned bias for all pairs with the token. Blocks are pre-norm, with GELU
    and as many units inside as outside. Graph tasks read the token with readout="token".

    Departures of the authors' code from the paper that are not here: pairs 20 and more edges
    apart do not read each other, and places behind the end of a path add random constants. The
    weights begin as there.

    Graphormer-slim for ZINC, 12 layers of width 80, has 484,697 parameters with readout="token".
    The paper says 489.3k; the authors' code makes 489,481, of which these 4,784 are not here:
    64 instead of 28 atoms (2,880), 64 instead of 4 bonds (480), 40 instead of 22 distances
    (144) and matrices for 40 instead of 20 edges of a path (1,280).

    It reads two encodings of pairs, by these names: `shortest_path_distances` and, with edge
    features, `shortest_path_features`. A row must hold one graph.

    Args:
        node_features: {"dense": F}, {"categories": [sizes]} or {"words": vocabulary}.
        hidden_dim: int, a multiple of num_heads.
        num_layers: int.
        num_heads: int.
        edge_features: {"categories": [sizes]}, read along the paths, or None.
        max_distance: int, the `max_distance` of the distances; farther pairs share one bias.
        max_path_length: int, the `max_distance` of the path features.
        max_degree: int, the largest degree with a vector of its own.
        intermediate_dim: int, width of the feed-forward; None for hidden_dim.
        dropout: float, on the encoded nodes and the result of each part of a block.
        attention_dropout: float, on the attention weights.
        dtype: dtype policy.
        **kwargs: `name`, `trainable`.

    Returns:
        As `Backbone`; graph_features are the token's, (B, hidden_dim).

    Raises:
        ValueError: if hidden_dim is not a multiple of num_heads, or edge features are no
            categories.

    Example:
        >>> from keras_gt.models import Graphormer
        >>> backbone = Graphormer({"dense": 5}, 16, num_layers=2, num_heads=4)
        >>> backbone.output_width, list(backbone.pair_encodings)
        (16, ['shortest_path_distances'])

    Reference:
        Ying et al., Do Transformers Really Perform Bad for Graph Representation?, 2021,
        https://arxiv.org/abs/2106.05234, section 3, equations 5 to 9, and table 10.
    """

    one_graph_a_row = True

    def __init__(
        self,
        node_features,
        hidden_dim,
        num_layers=12,
        num_heads=8,
        edge_features=None,
        max_distance=20,
        max_path_length=20,
        max_degree=63,
        intermediate_dim=None,
        dropout=0.1,
        attention_dropout=0.1,
        dtype=None,
        **kwargs,
    ):
        check_heads(hidden_dim, num_heads)
        if edge_features is not None and set(edge_features) != {"categories"}:
            raise ValueError(
                "edge_features must be {'categories': [sizes]} or None for Graphormer: it has a "
                "vector for each category on a path. Sort the edges into categories. Received: "
                f"edge_features={edge_features!r}"
            )
        # === Layers ===
        dtype = resolve_policy(dtype)
        start = keras.initializers.RandomNormal(stddev=0.02)  # of all vectors
        kernels = keras.initializers.RandomNormal(stddev=0.02 * max(num_layers, 1) ** -0.5)
        blocks = []
        for index in range(num_layers):
            attention = MultiHeadAggregation(
                num_heads,
                hidden_dim // num_heads,
                output_dim=hidden_dim,
                dropout=attention_dropout,
                kernel_initializer=kernels,
                dtype=dtype,
                name=f"attention_{index}",
            )
            feed_forward = FeedForward(
                intermediate_dim or hidden_dim,
                activation="gelu",
                kernel_initializer=kernels,
                dtype=dtype,
                name=f"feed_forward_{index}",
            )
            blocks.append(
                TransformerGraphBlock(
                    attention,
                    feed_forward,
                    residual="pre",
                    dropout=dropout,
                    dtype=dtype,
                    name=f"block_{index}",
                )
            )

        # === Functional model ===
        inputs = GraphInputs(dtype)
        nodes = inputs.encode_nodes(node_features, hidden_dim, initializer=start)
        degrees = DegreeEncoding(hidden_dim, max_degree, start, dtype=dtype, name="degrees")
        nodes = nodes + degrees(nodes, inputs.edges)
        distances = {DISTANCES: {"categories": max_distance + 2}}
        bias = inputs.encode_pairs(distances, num_heads, initializer=start)  # (B, N, N, H)
        if edge_features:
            sizes = edge_features["categories"]
            shape = (None, None, max_path_length * len(sizes))
            paths = inputs.tensors[PATHS] = keras.Input(shape, dtype="int32", name=PATHS)
            bias = bias + PathBias(num_heads, sizes, start, dtype=dtype, name="path_bias")(paths)
        graph_mask = inputs.tensors["graph_mask"] = optional_input("graph_mask", "bool")
        token = VirtualNodes(1, start, dtype=dtype, name="token")
        nodes, bias, mask = token(nodes, bias, node_mask=inputs.node_mask, graph_mask=graph_mask)
        bias = ops.transpose(bias, (0, 3, 1, 2))  # (B, H, 1 + N, 1 + N)
        edges = PairMask(dtype=dtype, name="pair_mask")(nodes, node_mask=mask)
        nodes = dropped(nodes, dropout, dtype, "dropout")
        for block in blocks:
            nodes = block(nodes, edges, node_mask=mask, attention_bias=bias)
        nodes = normalized(nodes, mask, "layer", dtype, "final_norm")  # (B, 1 + N, D)
        super().__init__(
            inputs.tensors, nodes[:, 1:], dtype=dtype, graph_features=nodes[:, 0], **kwargs
        )

        # === Config ===
        self.node_features = node_features
        self.hidden_dim = hidden_dim
        self.num_layers = num_layers
        self.num_heads = num_heads
        self.edge_features = edge_features
        self.max_distance = max_distance
        self.max_path_length = max_path_length
        self.max_degree = max_degree
        self.intermediate_dim = intermediate_dim
        self.dropout = dropout
        self.attention_dropout = attention_dropout

    @property
    def pair_encodings(self):
        """The encodings of pairs that it reads, by input name."""
        found = {DISTANCES: {"categories": self.max_distance + 2}}
        if self.edge_features:
            sizes = list(self.edge_features["categories"])
            found[PATHS] = {"categories": sizes * self.max_path_length}
        return found

    def get_config(self):
        return {
            **super().get_config(),
            "node_features": self.node_features,
            "hidden_dim": self.hidden_dim,
            "num_layers": self.num_layers,
            "num_heads": self.num_heads,
            "edge_features": self.edge_features,
            "max_distance": self.max_distance,
            "max_path_length": self.max_path_length,
            "max_degree": self.max_degree,
            "intermediate_dim": self.intermediate_dim,
            "dropout": self.dropout,
            "attention_dropout": self.attention_dropout,
        }
