"""Three small tasks, and graphs for them: words, edge features with an encoding, dot products."""

import numpy as np

from keras_gt.graph import Graph, random_walk_pairs
from keras_gt.models import (
    GAT,
    GRIT,
    GraphClassifier,
    GraphGPS,
    GraphRegressor,
    GraphTransformer,
    NodeClassifier,
)


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
    return GraphRegressor(backbone, head="mlp", target_mean=[2.0], target_std=[3.0])


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


def dense_graph(num_nodes=6, num_edges=11, seed=0):
    rng = np.random.default_rng(seed)
    senders, receivers = rng.integers(0, num_nodes, (2, num_edges))
    return Graph(num_nodes, senders, receivers, node_features=rng.normal(size=(num_nodes, 5)))


def pair_graph(num_nodes=5, num_edges=9, seed=0):
    graph = dense_graph(num_nodes, num_edges, seed)
    categories = np.random.default_rng(seed).integers(0, 4, num_edges)
    walks = random_walk_pairs(graph, 3)
    return graph.replace(edge_features=categories, pair_encodings={"random_walks": walks})


TASKS = {
    "words": (word_classifier, word_graph),
    "edges": (edge_regressor, edge_graph),
    "dot": (dot_classifier, dense_graph),
    "grit": (grit_regressor, pair_graph),
    "gps": (gps_regressor, edge_graph),
}


def outputs(model, inputs):
    """What the model gives, as float32 NumPy."""
    return np.asarray(model.predict_on_batch(inputs)).astype("float32")  # compiled on JAX
