"""One table of constructor examples: each exported layer in each variant that changes its flow."""

import dataclasses
import functools

import numpy as np

from keras_gt import layers
from keras_gt.testing import random_graph_inputs

RNG = np.random.default_rng(11)
ROWS, NODES, EDGES, FEATURES, EDGE_FEATURES, GRAPHS = 2, 11, 31, 5, 3, 7


@dataclasses.dataclass(frozen=True)
class Example:
    """How to make a layer and what to call it with.

    Args:
        make: function without arguments that returns a new layer.
        inputs: dictionary of batch arrays for a layer that reads edges.
        arguments: dictionary of call arguments for any other layer.
        without_gradient: endings of the paths of weights whose gradient is 0, with the reason in
            a comment beside the example.
        hops: message passing steps, for layers that read edges.
    """

    make: object
    inputs: dict = None
    arguments: dict = None
    without_gradient: tuple = ()
    hops: int = 1


def graphs(**options):
    return functools.partial(random_graph_inputs, plan=True, **options)()


PLAIN = graphs()
WEIGHTED = graphs(edge_weights=True)
WITH_EDGES = graphs(num_edge_features=EDGE_FEATURES)
SQUARE = graphs(num_edge_features=FEATURES)  # edge features as wide as node features


def feed_forward(output_dim=FEATURES, **options):
    return layers.FeedForward(13, output_dim=output_dim, activation="gelu", **options)


def edges(make, inputs, **options):
    return Example(make, inputs=inputs, **options)


# softmax and the weights of one receiver do not change when all its keys shift
KEY_BIAS = ("key/bias",)

EDGE_LAYERS = {
    "gat": edges(lambda: layers.GraphAttention(2, 3), PLAIN),
    "gat_averaged": edges(
        lambda: layers.GraphAttention(3, 2, concat_heads=False, use_score_bias=True), PLAIN
    ),
    "gat_edges": edges(lambda: layers.GraphAttention(2, 3, use_bias=False), WITH_EDGES),
    "gat_no_projection": edges(
        lambda: layers.GraphAttention(1, FEATURES, use_projection=False), PLAIN
    ),
    "gatv2": edges(lambda: layers.GraphAttention(2, 3, score="gatv2"), PLAIN),
    "gatv2_edges": edges(lambda: layers.GraphAttention(2, 3, score="gatv2"), WITH_EDGES),
    "attention": edges(
        lambda: layers.MultiHeadAggregation(2, 3, output_dim=7),
        PLAIN,
        without_gradient=KEY_BIAS,
    ),
    "attention_unscaled": edges(
        lambda: layers.MultiHeadAggregation(
            2, 3, scaled=False, use_root_weight=True, use_bias=False
        ),
        PLAIN,
    ),
    "attention_edges": edges(
        lambda: layers.MultiHeadAggregation(2, 3), WITH_EDGES, without_gradient=KEY_BIAS
    ),
    "sum": edges(lambda: layers.MultiHeadAggregation(1, 7, aggregation="sum"), PLAIN),
    "mean_root": edges(
        lambda: layers.MultiHeadAggregation(1, 7, aggregation="mean", use_root_weight=True), PLAIN
    ),
    "max": edges(lambda: layers.MultiHeadAggregation(2, 3, aggregation="max"), PLAIN),
    "min_edges": edges(lambda: layers.MultiHeadAggregation(2, 3, aggregation="min"), WITH_EDGES),
    "std": edges(lambda: layers.MultiHeadAggregation(2, 3, aggregation="std", output_dim=7), PLAIN),
    "gcn": edges(lambda: layers.GraphConvolution(7), WEIGHTED),
    "gcn_no_projection": edges(
        lambda: layers.GraphConvolution(FEATURES, use_projection=False), WEIGHTED
    ),
    "gin": edges(lambda: layers.GraphIsomorphism(feed_forward(7), train_epsilon=True), PLAIN),
    "gine": edges(
        lambda: layers.GraphIsomorphism(feed_forward(normalization="batch"), epsilon=0.5),
        WITH_EDGES,
        # a batch norm follows and subtracts it
        without_gradient=("expand/bias",),
    ),
    "gated": edges(lambda: layers.GatedGraphConvolution(7), WITH_EDGES),
    "pna": edges(lambda: layers.PrincipalNeighbourhoodAggregation(7, 1.3), PLAIN),
    "pna_towers": edges(
        lambda: layers.PrincipalNeighbourhoodAggregation(
            10, 0.9, aggregators=["sum", "std"], scalers=["attenuation"], towers=5
        ),
        WITH_EDGES,
    ),
    "sign_net": edges(
        lambda: layers.SignInvariantEncoding(7, num_layers=2, phi_dim=3),
        PLAIN,
        # the same shift of every node, which the batch norm subtracts
        without_gradient=("inner_norm_0/beta", "contract_0/bias"),
        hops=2,
    ),
    "persistent_memory": edges(
        lambda: layers.PersistentMemory(layers.MultiHeadAggregation(2, 3, output_dim=7), 3),
        WITH_EDGES,
        without_gradient=KEY_BIAS,
    ),
    "edge_attention": edges(
        lambda: layers.EdgeAttention(2, 3, output_dim=7, use_bias=True), WITH_EDGES
    ),
    "scaled_edge_attention": edges(lambda: layers.ScaledEdgeAttention(2, 3), WITH_EDGES),
    "conditional_edge_attention": edges(lambda: layers.ConditionalEdgeAttention(2, 3), WITH_EDGES),
    "block": edges(
        lambda: layers.TransformerGraphBlock(
            layers.MultiHeadAggregation(2, 3, output_dim=FEATURES), feed_forward()
        ),
        PLAIN,
        without_gradient=KEY_BIAS,
    ),
    "block_pre": edges(
        lambda: layers.TransformerGraphBlock(
            layers.GraphAttention(1, FEATURES), feed_forward(), "batch", residual="pre"
        ),
        PLAIN,
    ),
    "block_edges": edges(
        lambda: layers.TransformerGraphBlock(
            layers.EdgeAttention(1, FEATURES),
            feed_forward(),
            residual="none",
            edge_feed_forward=feed_forward(),
        ),
        SQUARE,
    ),
    "block_gated": edges(
        lambda: layers.TransformerGraphBlock(layers.GatedGraphConvolution(FEATURES), None, "batch"),
        SQUARE,
        # the same shift of every node, which the batch norm subtracts
        without_gradient=("own/bias",),
    ),
    "block_gated_edges": edges(
        lambda: layers.TransformerGraphBlock(
            layers.GatedEdgeAttention(1, FEATURES, edge_dim=EDGE_FEATURES),
            feed_forward(),
            residual="pre",
            edge_feed_forward=feed_forward(EDGE_FEATURES),
        ),
        WITH_EDGES,
    ),
    "full_graph_attention": edges(
        lambda: layers.FullGraphAttention(2, 3, gamma=0.3, output_dim=7), WITH_EDGES
    ),
    "gated_edge_attention": edges(
        lambda: layers.GatedEdgeAttention(2, 3, output_dim=7, scale_degree=True),
        WITH_EDGES,
        # the same shift of all of a receiver's scores
        without_gradient=("key/bias", "edge/bias"),
    ),
    "polynomial_block": edges(
        lambda: layers.PolynomialGraphBlock(layers.GraphAttention(2, 3, use_bias=False)), PLAIN
    ),
}

NODES_IN = PLAIN["node_features"]
MASK = PLAIN["node_mask"]
PACKED = {
    "node_features": NODES_IN,
    "node_mask": MASK,
    "graph_ids": np.sort(RNG.integers(0, GRAPHS - 2, (ROWS, NODES)), axis=1).astype("int32"),
    "graph_mask": np.tile(np.arange(GRAPHS) < GRAPHS - 2, (ROWS, 1)),
}
UNPACKED = {"node_features": NODES_IN, "node_mask": MASK}
TOKENS = RNG.normal(size=(ROWS, NODES, 3, FEATURES)).astype("float32")
WORDS = {
    "feature_ids": np.where(
        RNG.random((ROWS, NODES, 3)) < 0.7, RNG.integers(0, 17, (ROWS, NODES, 3)), -1
    ).astype("int32")
}
VALUES = {**WORDS, "feature_values": RNG.random((ROWS, NODES, 3)).astype("float32")}
PAIRS = RNG.integers(0, NODES, (ROWS, 13, 2)).astype("int32")
TOKEN_IDS = (np.arange(ROWS * NODES).reshape(ROWS, NODES) * 5 % 17).astype("int32")
EDGE_LISTS = {
    "node_features": NODES_IN,
    "edges": {
        "senders": PLAIN["senders"],
        "receivers": PLAIN["receivers"],
        "mask": PLAIN["edge_mask"],
    },
}

VIRTUAL_RNG = np.random.default_rng(13)
WITH_VIRTUAL_NODES = {
    **EDGE_LISTS,
    **PACKED,
    "edge_features": WITH_EDGES["edge_features"],
    "virtual_nodes": VIRTUAL_RNG.normal(size=(ROWS, GRAPHS, 3, FEATURES)).astype("float32"),
    "virtual_edges": VIRTUAL_RNG.normal(size=(ROWS, 2, 3, EDGE_FEATURES)).astype("float32"),
}

DENSE_RNG = np.random.default_rng(12)
DENSE_PAIRS = DENSE_RNG.normal(size=(ROWS, NODES, NODES, EDGE_FEATURES)).astype("float32")
PAIRS_OF_NODES = DENSE_RNG.random((2, ROWS, NODES, NODES)) < 0.6
PATHS = DENSE_RNG.integers(-1, 3, (ROWS, NODES, NODES, 3 * 2)).astype("int32")
EIGENVALUES = DENSE_RNG.uniform(-0.5, 2, NODES_IN.shape).astype("float32")
DENSE_LAYERS = {
    "absent_edges": Example(
        lambda: layers.AbsentEdges(),
        arguments={
            "pair_features": DENSE_PAIRS,
            "edges": PAIRS_OF_NODES[0],
            "pairs": PAIRS_OF_NODES[1],
        },
    ),
    "degree_encoding": Example(
        lambda: layers.DegreeEncoding(7, max_degree=2), arguments=EDGE_LISTS
    ),
    "laplacian_encoding": Example(
        lambda: layers.LaplacianEncoding(
            6, num_layers=1, num_heads=2, intermediate_dim=13, random_sign=True, seed=3
        ),
        arguments={"eigenvectors": NODES_IN, "eigenvalues": EIGENVALUES},
        without_gradient=KEY_BIAS,
    ),
    "path_bias": Example(
        lambda: layers.PathBias(7, sizes=[3, 5]),
        arguments={"paths": PATHS},
    ),
    "token_readout": Example(
        lambda: layers.TokenReadout(),
        arguments={"graph_features": NODES_IN[:, 0], "graph_mask": np.ones((ROWS, 1), bool)},
    ),
    "virtual_node_features": Example(
        lambda: layers.VirtualNodeFeatures(3),
        arguments={"node_features": NODES_IN, "graph_mask": PACKED["graph_mask"]},
    ),
    "virtual_nodes": Example(
        lambda: layers.VirtualNodes(3),
        arguments={"node_features": NODES_IN, "pair_features": DENSE_PAIRS, "node_mask": MASK},
    ),
}

OTHER_LAYERS = {
    **DENSE_LAYERS,
    "readout_sum": Example(lambda: layers.GraphReadout("sum"), arguments=UNPACKED),
    "readout_mean_packed": Example(lambda: layers.GraphReadout(), arguments=PACKED),
    "readout_max_packed": Example(lambda: layers.GraphReadout("max"), arguments=PACKED),
    "readout_attention": Example(
        lambda: layers.AttentionReadout(), arguments=UNPACKED, without_gradient=("gate/bias",)
    ),  # softmax does not change when all its scores shift
    "readout_attention_packed": Example(
        lambda: layers.AttentionReadout(), arguments=PACKED, without_gradient=("gate/bias",)
    ),
    "categories": Example(
        lambda: layers.CategoricalEmbedding([3, 5], 7),
        arguments={"categories": RNG.integers(-1, 3, (ROWS, NODES, 2)).astype("int32")},
    ),
    "one_category": Example(
        lambda: layers.CategoricalEmbedding([5], 7),
        arguments={"categories": RNG.integers(-1, 5, (ROWS, NODES)).astype("int32")},
    ),
    "degree_scaler": Example(lambda: layers.DegreeScaler(), arguments=EDGE_LISTS),
    "dropout": Example(lambda: layers.Dropout(0.5, seed=3), arguments={"inputs": NODES_IN}),
    "feed_forward": Example(
        lambda: layers.FeedForward(13, dropout=0.5, seed=3), arguments={"inputs": NODES_IN}
    ),
    "batch_norm": Example(
        lambda: layers.MaskedBatchNormalization(), arguments={"inputs": NODES_IN, "mask": MASK}
    ),
    "positions": Example(
        lambda: layers.PositionalEncoding(7, random_sign=True, seed=3),
        arguments={"encoding": NODES_IN},
    ),
    "words": Example(lambda: layers.SparseDense(17, 7), arguments=WORDS),
    "words_with_values": Example(
        lambda: layers.SparseDense(17, 7, use_bias=False, dropout=0.5, seed=3), arguments=VALUES
    ),
    "pair_mask": Example(
        lambda: layers.PairMask(),
        arguments={"node_features": NODES_IN, "node_mask": MASK, "graph_ids": PACKED["graph_ids"]},
    ),
    "pair_features": Example(
        lambda: layers.PairFeatures(),
        arguments={**EDGE_LISTS, "edge_features": WITH_EDGES["edge_features"]},
    ),
    "pair_mask_of_edges": Example(lambda: layers.PairMask("edges"), arguments=EDGE_LISTS),
    "pair_score": Example(
        lambda: layers.PairScore(7), arguments={"node_features": NODES_IN, "pairs": PAIRS}
    ),
    "head": Example(
        lambda: layers.PredictionHead(2, scale=[2.0, 3.0], offset=[1.0]),
        arguments={"features": NODES_IN},
    ),
    "head_mlp": Example(
        lambda: layers.PredictionHead(2, "mlp"), arguments={"features": np.tile(NODES_IN, 5)}
    ),
    "head_norm": Example(
        lambda: layers.PredictionHead(2, normalization="batch"),
        arguments={"features": NODES_IN, "mask": MASK},
    ),
    "head_none": Example(
        lambda: layers.PredictionHead(None, "none"), arguments={"features": NODES_IN}
    ),
    "global_simple": Example(
        lambda: layers.SimpleGlobalAttention(2, 3, unit_norm="node"), arguments=UNPACKED
    ),
    "global_simple_packed": Example(
        lambda: layers.SimpleGlobalAttention(2, 3, use_bias=False), arguments=PACKED
    ),
    "global_polynomial": Example(
        lambda: layers.PolynomialAttention(2, 3, share_query_key=False), arguments=UNPACKED
    ),
    "global_polynomial_packed": Example(
        lambda: layers.PolynomialAttention(2, 3, beta=0.5), arguments=PACKED
    ),
    "node_tokens": Example(
        lambda: layers.NodeTokens(
            layers.TransformerGraphBlock(
                layers.MultiHeadAggregation(1, FEATURES), feed_forward(), residual="pre"
            )
        ),
        arguments={"tokens": TOKENS},
        without_gradient=KEY_BIAS,
    ),
    "hop_readout": Example(
        lambda: layers.HopReadout(),
        arguments={"tokens": TOKENS},
        without_gradient=("score/bias",),  # softmax does not change when all its scores shift
    ),
    "token_embedding": Example(
        lambda: layers.TokenEmbedding(17, 7, NODES + 2, num_segments=2, position_offset=2),
        arguments={"node_features": TOKEN_IDS, "segment_ids": TOKEN_IDS % 2},
    ),
    "tied_projection": Example(
        lambda: layers.TiedProjection(layers.CategoricalEmbedding([13], FEATURES, name="words")),
        arguments={"node_features": NODES_IN},
    ),
    "scaled_edge_attention_virtual": Example(
        lambda: layers.ScaledEdgeAttention(2, 3), arguments=WITH_VIRTUAL_NODES
    ),
    "causal_pairs": Example(lambda: layers.CausalPairs(), arguments={"node_features": NODES_IN}),
}

# The attention over the graph reads everybody: the laws of edge layers do not hold.
OTHER_LAYERS |= {
    "gps": edges(
        lambda: layers.GlobalLocalBlock(
            layers.GraphIsomorphism(feed_forward(), use_edge_projection=False),
            layers.MultiHeadAggregation(2, 3, output_dim=FEATURES),
            feed_forward(),
            "layer",
        ),
        SQUARE,
        without_gradient=KEY_BIAS,
    ),
    "gps_gated": edges(
        lambda: layers.GlobalLocalBlock(
            layers.GatedGraphConvolution(FEATURES),
            layers.MultiHeadAggregation(1, 3, output_dim=FEATURES, use_bias=False),
            feed_forward(),
        ),
        SQUARE,
        # the same shift of every node, which a batch norm subtracts
        without_gradient=("own/bias", "contract/bias"),
    ),
}

EXAMPLES = {**EDGE_LAYERS, **OTHER_LAYERS}


def call_arguments(example):
    """The example's call arguments by name, edges as edge lists with their plan."""
    if example.arguments is not None:
        return example.arguments
    inputs = example.inputs
    names = ("senders", "receivers", "receiver_offsets", "sender_offsets", "sender_order")
    lists = {name: inputs[name] for name in names}
    lists["mask"] = inputs["edge_mask"]
    if "edge_weights" in inputs:
        lists["weights"] = inputs["edge_weights"]
    arguments = {"node_features": inputs["node_features"], "edges": lists}
    if "edge_features" in inputs:
        arguments["edge_features"] = inputs["edge_features"]
    return {**arguments, "node_mask": inputs["node_mask"]}
