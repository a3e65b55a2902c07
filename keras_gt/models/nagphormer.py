import keras

from keras_gt.layers import (
    FeedForward,
    HopReadout,
    MultiHeadAggregation,
    NodeTokens,
    TransformerGraphBlock,
)
from keras_gt.layers.graph_layer import check_positive
from keras_gt.models.backbone import Backbone, check_heads, resolve_policy
from keras_gt.models.graph_inputs import optional_input
from keras_gt.models.wiring import activated


@keras.saving.register_keras_serializable(package="keras_gt")
class NAGphormer(Backbone):
    """NAGphormer: a Transformer over each node's own sequence of neighbourhoods.

    Token k of node i is row i of A^k X, which `keras_gt.graph.hop_features` computes once: the
    graph is in the tokens, and the model reads no edges. With T pre-norm Transformer blocks over
    the tokens of one node and R the `HopReadout`,

        t_k = E (A^k X)_i,   h = R(LayerNorm(T(t_0, ..., t_K))),   z = ReLU(O h)

    Nodes are independent of each other, so a batch may hold any of them. In the shape
    (nodes, 1, K + 1, F) every node is a row, and `fit` draws mini-batches of nodes:

        tokens = keras_gt.graph.hop_features(graph, hops=3)[:, None]
        classifier.fit({"hop_features": tokens[train]}, labels[train, None], batch_size=2000)

    The paper appends Laplacian eigenvectors to X before the hops, and adds self-loops. As in the
    authors' code the feed-forward has no dropout inside, and O halves the width.

    Args:
        node_features: {"dense": F}, the width of the tokens.
        num_hops: int K, at least 1.
        hidden_dim: int, width of the blocks, a multiple of num_heads; the result is half as wide.
        num_layers: int.
        num_heads: int.
        dropout: float, on the result of each part of a block.
        attention_dropout: float, on the attention weights.
        dtype: dtype policy.
        **kwargs: `name`, `trainable`.

    Call arguments:
        inputs: dictionary with `hop_features` (B, N, K + 1, F); `node_mask` is optional.

    Returns:
        (B, N, hidden_dim / 2).

    Raises:
        ValueError: if the node features are not dense, hidden_dim is not a multiple of
            num_heads, or a size is not positive.

    Example:
        >>> from keras_gt.models import NAGphormer
        >>> NAGphormer({"dense": 5}, num_hops=3, hidden_dim=16, num_heads=2).output_width
        8

    Reference:
        Chen et al., NAGphormer: A Tokenized Graph Transformer for Node Classification in Large
        Graphs, 2023, https://arxiv.org/abs/2206.04910.
    """

    def __init__(
        self,
        node_features,
        num_hops,
        hidden_dim=512,
        num_layers=1,
        num_heads=8,
        dropout=0.0,
        attention_dropout=0.0,
        dtype=None,
        **kwargs,
    ):
        check_positive("num_hops", num_hops)
        check_heads(hidden_dim, num_heads)
        if not isinstance(node_features, dict) or list(node_features) != ["dense"]:
            raise ValueError(
                "node_features must be {'dense': F}, the width of hop_features: only numbers can "
                f"be averaged over hops. Received: node_features={node_features!r}"
            )
        # === Layers ===
        dtype = resolve_policy(dtype)
        blocks = [
            NodeTokens(
                TransformerGraphBlock(
                    MultiHeadAggregation(
                        num_heads,
                        hidden_dim // num_heads,
                        output_dim=hidden_dim,
                        dropout=attention_dropout,
                        dtype=dtype,
                        name=f"attention_{index}",
                    ),
                    FeedForward(
                        2 * hidden_dim, activation="gelu", dtype=dtype, name=f"feed_forward_{index}"
                    ),
                    residual="pre",
                    dropout=dropout,
                    dtype=dtype,
                    name=f"block_{index}",
                ),
                dtype=dtype,
                name=f"tokens_{index}",
            )
            for index in range(num_layers)
        ]
        final_norm = keras.layers.LayerNormalization(epsilon=1e-5, dtype=dtype, name="final_norm")

        # === Functional model ===
        shape = (None, num_hops + 1, node_features["dense"])
        hops = keras.Input(shape, name="hop_features")
        inputs = {"hop_features": hops, "node_mask": optional_input("node_mask", "bool")}
        tokens = keras.layers.Dense(hidden_dim, dtype=dtype, name="node_encoder")(hops)
        for block in blocks:
            tokens = block(tokens)
        nodes = HopReadout(dtype=dtype, name="hop_readout")(final_norm(tokens))
        nodes = keras.layers.Dense(hidden_dim // 2, dtype=dtype, name="projection")(nodes)
        nodes = activated(nodes, "relu")
        super().__init__(inputs, nodes, dtype=dtype, **kwargs)

        # === Config ===
        self.node_features = node_features
        self.num_hops = num_hops
        self.hidden_dim = hidden_dim
        self.num_layers = num_layers
        self.num_heads = num_heads
        self.dropout = dropout
        self.attention_dropout = attention_dropout

    def get_config(self):
        return {
            **super().get_config(),
            "node_features": self.node_features,
            "num_hops": self.num_hops,
            "hidden_dim": self.hidden_dim,
            "num_layers": self.num_layers,
            "num_heads": self.num_heads,
            "dropout": self.dropout,
            "attention_dropout": self.attention_dropout,
        }
