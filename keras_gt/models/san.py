import keras

from keras_gt.layers import (
    AbsentEdges,
    FeedForward,
    FullGraphAttention,
    LaplacianEncoding,
    PairFeatures,
    PairMask,
    TransformerGraphBlock,
)
from keras_gt.models.backbone import Backbone, check_heads, resolve_policy
from keras_gt.models.graph_inputs import GraphInputs, optional_input

VECTORS, VALUES = "laplacian_eigenvectors", "laplacian_eigenvalues"


@keras.saving.register_keras_serializable(package="keras_gt")
class SAN(Backbone):
    """Spectral attention network: attention over all pairs and a learned Laplacian encoding.

    Nodes are their features beside an encoding that a small Transformer learns from the graph's
    eigenvectors and eigenvalues (`LaplacianEncoding`). Each block then attends to real and absent
    edges with weights of their own (`FullGraphAttention`), followed by a feed-forward, each with
    residual and batch norm. Nodes do not read themselves.

    It reads two encodings of nodes, by these names: `laplacian_eigenvectors` and
    `laplacian_eigenvalues`, K each. The paper's have the trivial first one and belong to the
    Laplacian D - A; those of `keras_gt.graph` to the normalised one, with
    `include_trivial=True`.

    The paper's ZINC model with 508,577 parameters has 6 layers of width 64 and an encoding of 3
    layers of width 16; the configuration in the authors' code 10 layers of width 56 and an encoding
    of 2 layers of width 8.

    Args:
        node_features: {"dense": F}, {"categories": [sizes]} or {"words": vocabulary}.
        hidden_dim: int, a multiple of num_heads.
        num_layers: int.
        num_heads: int.
        edge_features: {"dense": C} or {"categories": [sizes]}; give each edge a constant feature
            for graphs without them.
        gamma: float, how much absent edges count beside real ones.
        num_eigenvectors: int K.
        encoding_dim: int, the part of hidden_dim that the encoding takes.
        encoding_layers: int.
        encoding_heads: int.
        encoding_intermediate_dim: int, width of the encoding's feed-forwards.
        encoding_dropout: float, in the encoding's Transformer.
        random_sign: bool, flips the signs of eigenvectors in training.
        dropout: float, on the concatenated heads and in the feed-forwards.
        dtype: dtype policy.
        **kwargs: `name`, `trainable`.

    Returns:
        (B, N, hidden_dim).

    Raises:
        ValueError: if hidden_dim is not a multiple of num_heads or not above encoding_dim, or
            there are no edge features.

    Example:
        >>> from keras_gt.models import SAN
        >>> SAN({"dense": 5}, 16, 2, num_heads=4, edge_features={"dense": 1}).output_width
        16

    Reference:
        Kreuzer et al., Rethinking Graph Transformers with Spectral Attention, 2021,
        https://arxiv.org/abs/2106.03893.
    """

    one_graph_a_row = True

    def __init__(
        self,
        node_features,
        hidden_dim,
        num_layers=10,
        num_heads=8,
        edge_features=None,
        gamma=1e-5,
        num_eigenvectors=10,
        encoding_dim=8,
        encoding_layers=2,
        encoding_heads=4,
        encoding_intermediate_dim=2048,
        encoding_dropout=0.1,
        random_sign=True,
        dropout=0.0,
        dtype=None,
        **kwargs,
    ):
        check_heads(hidden_dim, num_heads)
        if encoding_dim >= hidden_dim:
            raise ValueError(
                "encoding_dim must be below hidden_dim, of which it takes a part. Change one of "
                f"them. Received: encoding_dim={encoding_dim}, hidden_dim={hidden_dim}"
            )
        if edge_features is None:
            raise ValueError(
                "edge_features must be {'dense': C} or {'categories': [sizes]} for SAN. Give each "
                "edge a constant feature. Received: edge_features=None"
            )
        # === Layers ===
        dtype = resolve_policy(dtype)
        blocks = []
        for index in range(num_layers):
            attention = FullGraphAttention(
                num_heads,
                hidden_dim // num_heads,
                gamma=gamma,
                dropout=dropout,
                dtype=dtype,
                name=f"attention_{index}",
            )
            feed_forward = FeedForward(
                2 * hidden_dim, dropout=dropout, dtype=dtype, name=f"feed_forward_{index}"
            )
            blocks.append(
                TransformerGraphBlock(
                    attention, feed_forward, "batch", dtype=dtype, name=f"block_{index}"
                )
            )
        encoding = LaplacianEncoding(
            encoding_dim,
            num_layers=encoding_layers,
            num_heads=encoding_heads,
            intermediate_dim=encoding_intermediate_dim,
            dropout=encoding_dropout,
            random_sign=random_sign,
            dtype=dtype,
            name="laplacian_encoding",
        )

        # === Functional model ===
        inputs = GraphInputs(dtype)
        nodes = inputs.encode_nodes(node_features, hidden_dim - encoding_dim)
        for name in (VECTORS, VALUES):
            inputs.tensors[name] = keras.Input((None, num_eigenvectors), name=name)
        positions = encoding(inputs.tensors[VECTORS], inputs.tensors[VALUES])
        concatenate = keras.layers.Concatenate(dtype=dtype, name="with_positions")
        nodes = concatenate([nodes, positions])  # (B, N, D)
        mask = inputs.node_mask
        graph_ids = inputs.tensors["graph_ids"] = optional_input("graph_ids", "int32")
        pairs = PairFeatures(dtype=dtype, name="pair_features")(
            nodes, inputs.edges, inputs.encode_edges(edge_features, hidden_dim)
        )
        real = PairMask("edges", dtype=dtype, name="edge_mask_of_pairs")(nodes, inputs.edges)
        every = PairMask(dtype=dtype, name="pair_mask")(nodes, node_mask=mask, graph_ids=graph_ids)
        edges, pairs = AbsentEdges(dtype=dtype, name="absent_edges")(pairs, real, every)
        for block in blocks:
            nodes = block(nodes, edges, pairs, node_mask=mask)
        super().__init__(inputs.tensors, nodes, dtype=dtype, **kwargs)

        # === Config ===
        self.node_features = node_features
        self.hidden_dim = hidden_dim
        self.num_layers = num_layers
        self.num_heads = num_heads
        self.edge_features = edge_features
        self.gamma = gamma
        self.num_eigenvectors = num_eigenvectors
        self.encoding_dim = encoding_dim
        self.encoding_layers = encoding_layers
        self.encoding_heads = encoding_heads
        self.encoding_intermediate_dim = encoding_intermediate_dim
        self.encoding_dropout = encoding_dropout
        self.random_sign = random_sign
        self.dropout = dropout

    @property
    def positional_encodings(self):
        """The encodings of nodes that it reads, by input name."""
        return {name: {"dim": self.num_eigenvectors} for name in (VECTORS, VALUES)}

    def get_config(self):
        return {
            **super().get_config(),
            "node_features": self.node_features,
            "hidden_dim": self.hidden_dim,
            "num_layers": self.num_layers,
            "num_heads": self.num_heads,
            "edge_features": self.edge_features,
            "gamma": self.gamma,
            "num_eigenvectors": self.num_eigenvectors,
            "encoding_dim": self.encoding_dim,
            "encoding_layers": self.encoding_layers,
            "encoding_heads": self.encoding_heads,
            "encoding_intermediate_dim": self.encoding_intermediate_dim,
            "encoding_dropout": self.encoding_dropout,
            "random_sign": self.random_sign,
            "dropout": self.dropout,
        }
