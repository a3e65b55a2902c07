"""Whole backbones keep the laws of graphs, too."""

import functools

import keras
import numpy as np
import pytest

from keras_gt import models, testing
from keras_gt.models.backbone import split_result
from tests.layers.compiled import compiled
from tests.layers.examples import WEIGHTED, WITH_EDGES
from tests.references.layer_arrays import randomise

DENSE, PAIRS = {"dense": 5}, {"dense": 3}
RNG = np.random.default_rng(12)
WITH_PAIRS = {
    **WITH_EDGES,
    "shortest_path_distances": RNG.integers(0, 4, (2, 11, 11)).astype("int32"),
    "laplacian_eigenvectors": RNG.normal(size=(2, 11, 3)).astype("float32"),
    "laplacian_eigenvalues": RNG.uniform(-0.5, 2, (2, 11, 3)).astype("float32"),
    "random_walks": RNG.random((2, 11, 11, 3)).astype("float32"),
}
BACKBONES = {
    "gcn": lambda: models.GCN(DENSE, 7, num_layers=1),
    "gat": lambda: models.GAT(DENSE, 3, 2, edge_features=PAIRS, residual=True),
    "graph_sage": lambda: models.GraphSAGE(DENSE, 7, activation="elu", normalization="layer"),
    "gin": lambda: models.GIN(DENSE, 7, num_layers=2),
    "gated_gcn": lambda: models.GatedGCN(DENSE, 7, num_layers=2, edge_features=PAIRS),
    "grit_complete": lambda: models.GRIT(
        DENSE, 6, 2, 2, {"random_walks": {"dim": 3}}, edge_features=PAIRS
    ),
    "pna": lambda: models.PNA(DENSE, 6, 0.9, num_layers=2, towers=2, edge_features=PAIRS),
    "graph_transformer": lambda: models.GraphTransformer(
        DENSE, 6, num_layers=2, num_heads=2, edge_features=PAIRS
    ),
    "graph_transformer_complete": lambda: models.GraphTransformer(
        DENSE, 6, num_layers=2, num_heads=2, attention="complete"
    ),
    "egt_complete": lambda: models.EGT(
        DENSE,
        6,
        num_layers=2,
        num_heads=2,
        edge_dim=4,
        edge_features=PAIRS,
        pair_encodings={"shortest_path_distances": {"categories": 4}},
        num_virtual_nodes=2,
        scale_degree=True,
    ),
    "graphormer_complete": lambda: models.Graphormer(
        DENSE, 6, num_layers=1, num_heads=2, max_distance=2, max_degree=3
    ),
    "san_complete": lambda: models.SAN(
        DENSE,
        6,
        num_layers=1,
        num_heads=2,
        edge_features=PAIRS,
        gamma=0.3,
        num_eigenvectors=3,
        encoding_dim=2,
        encoding_layers=1,
        encoding_heads=1,
        encoding_intermediate_dim=5,
    ),
    "nagphormer": lambda: models.NAGphormer(DENSE, 2, 6, num_heads=2),
    "polynormer_complete": lambda: models.Polynormer(DENSE, 3, 2, 1, 1),
    "sg_former_complete": lambda: models.SGFormer(DENSE, 7, num_graph_layers=1),
    "graph_gps_complete": lambda: models.GraphGPS(DENSE, 6, 2, 2, edge_features=PAIRS),
    "graph_gps_edges_complete": lambda: models.GraphGPS(
        DENSE, 6, 2, 2, edge_features=PAIRS, global_attention="edges", num_virtual_nodes=2
    ),
    "graph_gps_edges": lambda: models.GraphGPS(
        DENSE, 6, 2, 2, edge_features=PAIRS, global_attention="edges"
    ),
    "graph_gps_gated_complete": lambda: models.GraphGPS(
        DENSE, 6, 2, 2, edge_features=PAIRS, local="gated"
    ),
}
TYPED = {**WITH_EDGES, "edge_features": WITH_EDGES["edge_features"].copy()}
TYPED["edge_features"][..., -1] = RNG.random((2, 31)) < 0.5  # 0 is the graph's own
PAIR_MODELS = ("egt_complete", "graphormer_complete", "san_complete")
HOPS = {**WITH_EDGES, "hop_features": RNG.normal(size=(2, 11, 3, 5)).astype("float32")}


@functools.cache
def backbone(name):
    keras.utils.set_random_seed(9)
    model = BACKBONES[name]()
    randomise(model)
    function = compiled(model)
    if model.has_graph_tokens:
        return lambda inputs: split_result(function(inputs))[0]
    return function


def inputs_of(name):
    if name in (*PAIR_MODELS, "grit_complete"):
        return WITH_PAIRS
    if name.startswith("graph_gps_edges"):
        return TYPED
    others = {"gcn": WEIGHTED, "nagphormer": HOPS, "sg_former_complete": WEIGHTED}
    return others.get(name, WITH_EDGES)


@pytest.mark.parametrize("name", BACKBONES)
def test_backbones_keep_the_laws_of_graphs(name):
    function, inputs = backbone(name), inputs_of(name)
    testing.assert_node_permutation_equivariance(function, inputs, tolerance=1e-4)
    testing.assert_edge_order_invariance(function, inputs, tolerance=1e-4)
    testing.assert_padding_invariance(function, inputs, tolerance=1e-4)
    testing.assert_batch_equals_rows(function, inputs, tolerance=1e-4)
    testing.assert_single_node(function, inputs, tolerance=1e-4)
    if name.endswith("complete") or name == "nagphormer":
        return  # everybody reads everybody, or nobody: whatever the edges
    testing.assert_no_edges(function, inputs, tolerance=1e-4)
    testing.assert_isolated_node(function, inputs, tolerance=1e-4)
    testing.assert_duplicate_edge_counts_twice(function, inputs, tolerance=1e-4)
    testing.assert_self_loop_is_an_edge(function, inputs, tolerance=1e-4)
    testing.assert_messages_follow_direction(function, inputs, hops=2, tolerance=1e-4)


@pytest.mark.parametrize("name", BACKBONES)
def test_plan_and_unknown_keys_change_no_number(name):
    function, inputs = backbone(name), inputs_of(name)
    expected = testing.comparison.evaluate_rows(function, inputs)
    lists = testing.batch_arrays.without_plan(inputs)
    found = testing.comparison.evaluate(function, {**lists, "a_key_of_mine": np.ones((2, 11))})
    testing.assert_close(found[0], expected[0], where=inputs["node_mask"])
