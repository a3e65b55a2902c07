"""A small task of every backbone, and graphs for them."""

import keras
import numpy as np

from keras_gt.graph import Graph, add_encodings, add_expander_edges, symmetrise
from keras_gt.models import (
    BERT,
    EGT,
    GAT,
    GCN,
    GIN,
    GRIT,
    PNA,
    SAN,
    GatedGCN,
    GraphClassifier,
    GraphGPS,
    Graphormer,
    GraphRegressor,
    GraphSAGE,
    GraphTransformer,
    NAGphormer,
    NodeClassifier,
    NodeRegressor,
    Polynormer,
    SGFormer,
)
from tests.layers.compiled import for_one_step, run


def word_classifier(dropout=0.0, dtype=None):
    """GAT on a bag of words, a class a node."""
    backbone = GAT({"words": 20}, 4, 2, output_dim=3, dropout=dropout, dtype=dtype)
    return NodeClassifier(backbone, 3, head=None)


def edge_regressor(dropout=0.0, dtype=None):
    """GraphTransformer with an edge stream and an encoding, a number a graph."""
    backbone = GraphTransformer(
        {"categories": [3, 4]},
        8,
        num_layers=1,
        num_heads=2,
        edge_features={"dense": 3},
        positional_encodings={"positional_encoding": {"dim": 4, "random_sign": dropout > 0}},
        dropout=dropout,
        dtype=dtype,
    )
    return GraphRegressor(backbone, target_mean=[2.0], target_std=[3.0])


def tuned_classifier(dropout=0.0, dtype=None):
    """GCN as a tuned baseline has it, a class a node."""
    tuned = {"normalization": "batch", "residual": True, "jumping_knowledge": "sum"}
    backbone = GCN({"dense": 5}, 4, 2, dropout=dropout, dtype=dtype, **tuned)
    return NodeClassifier(backbone, 2)


def sage_regressor(dropout=0.0, dtype=None):
    """GraphSAGE, a number a node."""
    backbone = GraphSAGE({"dense": 5}, 4, 2, dropout=dropout, dtype=dtype)
    return NodeRegressor(backbone, target_mean=[2.0], target_std=[3.0])


def gatv2_classifier(dropout=0.0, dtype=None):
    """GATv2, a class a node."""
    backbone = GAT({"dense": 5}, 2, 2, output_dim=2, score="gatv2", dropout=dropout, dtype=dtype)
    return NodeClassifier(backbone, 2, head=None)


def gin_classifier(dropout=0.0, dtype=None):
    """GINE, a class a graph."""
    backbone = GIN(
        {"categories": [3, 4]}, 4, 2, edge_features={"dense": 3}, dropout=dropout, dtype=dtype
    )
    return GraphClassifier(backbone, 2)


def gated_regressor(dropout=0.0, dtype=None):
    """GatedGCN, a number a graph."""
    backbone = GatedGCN(
        {"categories": [3, 4]}, 4, 2, edge_features={"dense": 3}, dropout=dropout, dtype=dtype
    )
    return GraphRegressor(backbone, target_mean=[2.0], target_std=[3.0])


def dot_classifier(dropout=0.0, dtype=None, attention="sparse"):
    """GraphTransformer of dot products alone, a class a graph."""
    backbone = GraphTransformer(
        {"dense": 5},
        8,
        num_layers=1,
        num_heads=2,
        attention=attention,
        normalization="layer",
        dropout=dropout,
        dtype=dtype,
    )
    return GraphClassifier(backbone, 2)


def global_regressor(dropout=0.0, dtype=None):
    """SGFormer, a number a graph."""
    backbone = SGFormer({"dense": 5}, 4, num_graph_layers=1, dropout=dropout, dtype=dtype)
    return GraphRegressor(backbone)


def polynomial_regressor(dropout=0.0, dtype=None):
    """Polynormer, a number a graph."""
    backbone = Polynormer({"dense": 5}, 3, 2, 1, 1, dropout=dropout, dtype=dtype)
    return GraphRegressor(backbone)


def hop_regressor(dropout=0.0, dtype=None):
    """NAGphormer, a number a graph."""
    backbone = NAGphormer({"dense": 5}, 2, 8, num_heads=2, dropout=dropout, dtype=dtype)
    return GraphRegressor(backbone)


def grit_regressor(dropout=0.0, dtype=None, num_layers=2):
    """GRIT over all pairs, an encoding of each, a number a graph."""
    backbone = GRIT(
        {"dense": 5},
        6,
        num_layers=num_layers,
        num_heads=2,
        pair_encodings={"random_walks": {"dim": 3}},
        edge_features={"categories": [4]},
        dropout=dropout,
        attention_dropout=dropout,
        dtype=dtype,
    )
    return GraphRegressor(backbone, target_mean=[2.0], target_std=[3.0])


def pna_regressor(dropout=0.0, dtype=None):
    """PNA with edge features and an encoding without signs, a number a graph."""
    encoding = {"dim": 4, "sign_invariant": {"hidden_dim": 5, "num_layers": 2, "phi_dim": 2}}
    backbone = PNA(
        {"categories": [3, 4]},
        6,
        mean_log_degree=0.9,
        num_layers=1,
        towers=2,
        edge_features={"dense": 3},
        positional_encodings={"positional_encoding": encoding},
        dropout=dropout,
        dtype=dtype,
    )
    return GraphRegressor(backbone, target_mean=[2.0], target_std=[3.0])


def gps_regressor(dropout=0.0, dtype=None, num_layers=2):
    """GraphGPS with GatedGCN and an encoding beside the features, a number a graph."""
    encodings = {"positional_encoding": {"dim": 4, "units": 2, "normalization": "batch"}}
    backbone = GraphGPS(
        {"categories": [3, 4]},
        6,
        num_layers=num_layers,
        num_heads=2,
        edge_features={"dense": 3},
        positional_encodings=encodings,
        local="gated",
        dropout=dropout,
        attention_dropout=dropout,
        dtype=dtype,
    )
    return GraphRegressor(backbone, target_mean=[2.0], target_std=[3.0])


def exphormer_regressor(dropout=0.0, dtype=None, num_layers=2):
    """GraphGPS with GatedGCN beside attention along an expander's edges and to virtual nodes."""
    encodings = {"positional_encoding": {"dim": 4, "units": 2}}
    backbone = GraphGPS(
        {"categories": [3, 4]},
        6,
        num_layers=num_layers,
        num_heads=2,
        edge_features={"dense": 3 + 2},
        positional_encodings=encodings,
        local="gated",
        dropout=dropout,
        attention_dropout=dropout,
        global_attention="edges",
        num_virtual_nodes=2,
        dtype=dtype,
    )
    return GraphRegressor(backbone, target_mean=[2.0], target_std=[3.0])


def egt_regressor(dropout=0.0, dtype=None, num_virtual_nodes=2):
    """EGT with virtual nodes, a number a graph."""
    backbone = EGT(
        {"dense": 5},
        8,
        num_layers=2,
        num_heads=2,
        edge_dim=4,
        edge_features={"categories": [3]},
        pair_encodings={"shortest_path_distances": {"categories": 4}},
        scale_degree=True,
        num_virtual_nodes=num_virtual_nodes,
        dropout=dropout,
        mask_rate=dropout,
        dtype=dtype,
    )
    return GraphRegressor(backbone, readout="token" if num_virtual_nodes else "mean", head="mlp")


def graphormer_regressor(dropout=0.0, dtype=None):
    """Graphormer, a number a graph from its token."""
    backbone = Graphormer(
        {"dense": 5},
        8,
        num_layers=1,
        num_heads=2,
        edge_features={"categories": [3]},
        max_distance=2,
        max_path_length=3,
        dropout=dropout,
        attention_dropout=dropout,
        dtype=dtype,
    )
    return GraphRegressor(backbone, readout="token")


def san_regressor(dropout=0.0, dtype=None):
    """SAN, a number a graph."""
    backbone = SAN(
        {"dense": 5},
        8,
        num_layers=1,
        num_heads=2,
        edge_features={"categories": [3]},
        gamma=0.3,
        num_eigenvectors=3,
        encoding_dim=4,
        encoding_layers=1,
        encoding_heads=2,
        encoding_intermediate_dim=5,
        encoding_dropout=dropout,
        random_sign=dropout > 0,
        dropout=dropout,
        dtype=dtype,
    )
    return GraphRegressor(backbone, head="mlp")


def sentence_regressor(dropout=0.0, dtype=None):
    """BERT over the edges that a graph has, a number a graph."""
    backbone = BERT(
        11,
        6,
        num_layers=1,
        num_heads=2,
        num_positions=9,
        dropout=dropout,
        attention_dropout=dropout,
        dtype=dtype,
    )
    return GraphRegressor(backbone, target_mean=[2.0], target_std=[3.0])


def word_graph(num_nodes=9, num_edges=25, seed=0):
    rng = np.random.default_rng(seed)
    senders, receivers = rng.integers(0, num_nodes, (2, num_edges))
    words = rng.integers(-1, 20, (num_nodes, 4))
    return Graph(num_nodes, senders, receivers, feature_ids=words)


def edge_graph(num_nodes=5, num_edges=8, seed=0):
    rng = np.random.default_rng(seed)
    senders, receivers = rng.integers(0, num_nodes, (2, num_edges))
    return Graph(
        num_nodes,
        senders,
        receivers,
        node_features=np.stack([rng.integers(0, 3, num_nodes), rng.integers(0, 4, num_nodes)], 1),
        edge_features=rng.normal(size=(num_edges, 3)),
        encodings={"positional_encoding": rng.normal(size=(num_nodes, 4))},
    )


def expander_graph(num_nodes=5, num_edges=8, seed=0):
    return add_expander_edges(edge_graph(num_nodes, num_edges, seed), degree=4, seed=seed)


def dense_graph(num_nodes=6, num_edges=11, seed=0):
    rng = np.random.default_rng(seed)
    senders, receivers = rng.integers(0, num_nodes, (2, num_edges))
    return Graph(num_nodes, senders, receivers, node_features=rng.normal(size=(num_nodes, 5)))


def pair_graph(num_nodes=6, num_edges=11, seed=0):
    """A symmetric graph with the encodings that EGT, Graphormer, GRIT and SAN read."""
    rng = np.random.default_rng(seed)
    senders, receivers = rng.integers(0, num_nodes, (2, num_edges))
    ends = np.unique(np.stack([senders, receivers])[:, senders != receivers], axis=1)
    graph = symmetrise(Graph(num_nodes, *ends, node_features=rng.normal(size=(num_nodes, 5))))
    graph = graph.replace(edge_features=(graph.senders + graph.receivers) % 3)
    kinds = {
        "shortest_path_distances": {"max_distance": 2},
        "shortest_path_features": {"max_distance": 3},
        "laplacian_eigenvectors": {"k": 3, "include_trivial": True},
        "laplacian_eigenvalues": {"k": 3, "include_trivial": True},
    }
    encodings = {kind: {"kind": kind, **kinds[kind]} for kind in kinds}
    encodings["random_walks"] = {"kind": "random_walk_pairs", "steps": 3}
    return add_encodings(graph, encodings)


def weighted_graph(num_nodes=6, num_edges=11, seed=0):
    graph = dense_graph(num_nodes, num_edges, seed)
    weights = np.random.default_rng(seed).uniform(0.2, 0.6, num_edges)
    return graph.replace(edge_weights=weights.astype("float32"))


def hop_graph(num_nodes=6, num_edges=11, seed=0):
    graph = dense_graph(num_nodes, num_edges, seed)
    return add_encodings(graph, {"hop_features": {"kind": "hop_features", "hops": 2}})


def token_graph(num_nodes=6, num_edges=11, seed=0):
    graph = dense_graph(num_nodes, num_edges, seed)
    tokens = np.random.default_rng(seed).integers(0, 11, num_nodes)
    return graph.replace(node_features=tokens)


TASKS = {
    "words": (word_classifier, word_graph),
    "edges": (edge_regressor, edge_graph),
    "dot": (dot_classifier, dense_graph),
    "gcn": (tuned_classifier, weighted_graph),
    "sage": (sage_regressor, dense_graph),
    "gatv2": (gatv2_classifier, dense_graph),
    "gin": (gin_classifier, edge_graph),
    "gated": (gated_regressor, edge_graph),
    "grit": (grit_regressor, pair_graph),
    "egt": (egt_regressor, pair_graph),
    "graphormer": (graphormer_regressor, pair_graph),
    "san": (san_regressor, pair_graph),
    "global": (global_regressor, weighted_graph),
    "polynomial": (polynomial_regressor, dense_graph),
    "hops": (hop_regressor, hop_graph),
    "pna": (pna_regressor, edge_graph),
    "gps": (gps_regressor, edge_graph),
    "exphormer": (exphormer_regressor, expander_graph),
    "sentences": (sentence_regressor, token_graph),
}


def outputs(model, inputs):
    """What the model gives, as float32 NumPy."""
    return keras.ops.convert_to_numpy(run(model, inputs)).astype("float32")


def assert_a_step_trains(model, inputs, labels, share=0.5):
    """Loss and weights stay finite, and more than this share of the trained weights moves."""
    before = [np.array(weight) for weight in model.trainable_weights]
    assert np.isfinite(for_one_step(model).train_on_batch(inputs, labels)).all()
    after = [np.array(weight) for weight in model.trainable_weights]
    assert all(np.isfinite(weight).all() for weight in model.get_weights())
    moved = [np.any(one != other) for one, other in zip(before, after, strict=True)]
    assert np.mean(moved) > share


def assert_file_restores(model, inputs, path):
    """The .keras file gives the model anew: its types and, to the bit, its outputs."""
    model.save(path)
    loaded = keras.saving.load_model(path)
    policy = model.dtype_policy.name
    assert loaded.dtype_policy.name == loaded.backbone.dtype_policy.name == policy
    assert {weight.dtype for weight in loaded.weights} == {weight.dtype for weight in model.weights}
    expected = outputs(model, inputs)
    assert np.isfinite(expected).all()
    np.testing.assert_array_equal(outputs(loaded, inputs), expected)
