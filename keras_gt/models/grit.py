import keras

from keras_gt.layers import (
    ConditionalEdgeAttention,
    DegreeScaler,
    FeedForward,
    PairFeatures,
    PairMask,
)
from keras_gt.models.backbone import Backbone, check_heads, resolve_policy
from keras_gt.models.graph_inputs import GraphInputs, optional_input
from keras_gt.models.wiring import dropped, normalized


@keras.saving.register_keras_serializable(package="keras_gt")
class GRIT(Backbone):
    """Graph inductive bias transformer: attention over all pairs, which random walks describe.

    Every node reads every node of its graph. Pairs carry features of their own, which begin as
    projections of random-walk probabilities and of the real edges' features, condition the
    attention (`ConditionalEdgeAttention`) and are updated by it:

        p_ij = E e_ij + W P_ij,   h_i = X x_i + W' P_ii                   (before the first layer)
        h', p' = attention(h, p)
        h = N(h + O_h S(D(h'))),  p = N(p + O_e D(p')),  h = N(h + FFN(h))

    with S the `DegreeScaler`, N batch norms over real nodes and real pairs, D dropout and FFN twice
    as wide as h. As in the authors' code the scaler comes before O_h, and P is projected without a
    bias. The last layer's O_e and norm of pairs, which reach no prediction, are left out: the ZINC
    configuration has the paper's 473,473 parameters but for these 4,288. Give the graphs
    `random_walk_pairs`, and rows of one graph each (`GraphLoader(rows=graphs_per_batch)`).

    Args:
        node_features: {"dense": F}, {"categories": [sizes]} or {"words": vocabulary}.
        hidden_dim: int, width of nodes and pairs, a multiple of num_heads.
        num_layers: int.
        num_heads: int.
        pair_encodings: {input name: {"dim": K} or {"categories": n}}, at least one; those of floats
            also give each node what they say about it and itself.
        edge_features: {"dense": C}, {"categories": [sizes]} or None.
        dropout: float, on nodes and pairs after attention and inside the feed-forward.
        attention_dropout: float, on the attention weights.
        dtype: dtype policy.
        **kwargs: `name`, `trainable`.

    Returns:
        (B, N, hidden_dim).

    Raises:
        ValueError: if hidden_dim is not a multiple of num_heads, or there is no pair encoding.

    Example:
        >>> from keras_gt.models import GRIT
        >>> walks = {"random_walks": {"dim": 21}}
        >>> GRIT({"dense": 5}, 16, num_layers=2, num_heads=4, pair_encodings=walks).output_width
        16

    Reference:
        Ma et al., Graph Inductive Biases in Transformers without Message Passing, 2023,
        https://arxiv.org/abs/2305.17589, equation 2 (the attention).
    """

    def __init__(
        self,
        node_features,
        hidden_dim=64,
        num_layers=10,
        num_heads=8,
        pair_encodings=None,
        edge_features=None,
        dropout=0.0,
        attention_dropout=0.0,
        dtype=None,
        **kwargs,
    ):
        check_heads(hidden_dim, num_heads)
        if not pair_encodings:
            raise ValueError(
                "pair_encodings must name at least one encoding for GRIT. Give it "
                "{'random_walks': {'dim': steps}} and compute random_walk_pairs. Received: "
                f"pair_encodings={pair_encodings!r}"
            )
        # === Layers ===
        dtype = resolve_policy(dtype)

        def dense(name):
            return keras.layers.Dense(hidden_dim, dtype=dtype, name=name)

        attentions = [
            ConditionalEdgeAttention(
                num_heads,
                hidden_dim // num_heads,
                dropout=attention_dropout,
                dtype=dtype,
                name=f"attention_{index}",
            )
            for index in range(num_layers)
        ]
        feed_forwards = [
            FeedForward(
                2 * hidden_dim,
                activation="relu",
                dropout=dropout,
                dtype=dtype,
                name=f"feed_forward_{index}",
            )
            for index in range(num_layers)
        ]

        def added(x, update, mask, name):
            return normalized(x + update, mask, "batch", dtype, f"{name}_norm")

        # === Functional model ===
        inputs = GraphInputs(dtype)
        nodes = inputs.encode_nodes(node_features, hidden_dim)
        pairs = inputs.encode_pairs(pair_encodings, hidden_dim, use_bias=False)  # (B, N, N, D)
        for name, options in pair_encodings.items():
            if "dim" in options:
                nodes = _with_diagonal(nodes, inputs.tensors[name], name, dtype)
        edge_features_in = inputs.encode_edges(edge_features, hidden_dim)
        if edge_features_in is not None:
            scatter = PairFeatures(dtype=dtype, name="edge_pairs")
            stored = scatter(nodes, inputs.edges, edge_features_in)
            pairs = pairs + stored
        mask, ids = inputs.node_mask, optional_input("graph_ids", "int32")
        inputs.tensors["graph_ids"] = ids
        complete = PairMask("complete", dtype=dtype, name="pair_mask")
        pair_mask = complete(nodes, node_mask=mask, graph_ids=ids)  # (B, N, N)
        for index, attention in enumerate(attentions):
            update, pair_update = attention(nodes, pair_mask, pairs, node_mask=mask)
            update = dropped(update, dropout, dtype, f"dropout_{index}")
            update = DegreeScaler(dtype=dtype, name=f"scaler_{index}")(update, inputs.edges)
            update = dense(f"projection_{index}")(update)
            nodes = added(nodes, update, mask, f"attention_{index}")
            update = feed_forwards[index](nodes, mask=mask)
            nodes = added(nodes, update, mask, f"feed_forward_{index}")
            if index + 1 == num_layers:
                break  # the pairs reach no prediction any more
            update = dropped(pair_update, dropout, dtype, f"pair_dropout_{index}")
            update = dense(f"pair_projection_{index}")(update)
            pairs = added(pairs, update, pair_mask, f"pair_{index}")
        super().__init__(inputs.tensors, nodes, dtype=dtype, **kwargs)

        # === Config ===
        self.node_features = node_features
        self.hidden_dim = hidden_dim
        self.num_layers = num_layers
        self.num_heads = num_heads
        self.pair_encodings = pair_encodings
        self.edge_features = edge_features
        self.dropout = dropout
        self.attention_dropout = attention_dropout

    def get_config(self):
        return {
            **super().get_config(),
            "node_features": self.node_features,
            "hidden_dim": self.hidden_dim,
            "num_layers": self.num_layers,
            "num_heads": self.num_heads,
            "pair_encodings": self.pair_encodings,
            "edge_features": self.edge_features,
            "dropout": self.dropout,
            "attention_dropout": self.attention_dropout,
        }


def _with_diagonal(nodes, pairs, name, dtype):
    """The nodes plus a projection of what the encoding says about each node and itself."""
    own = keras.ops.diagonal(pairs, axis1=1, axis2=2)  # (B, K, N)
    own = keras.ops.transpose(own, (0, 2, 1))
    layer = keras.layers.Dense(
        nodes.shape[-1], use_bias=False, dtype=dtype, name=f"{name}_node_encoder"
    )
    return nodes + layer(own)
