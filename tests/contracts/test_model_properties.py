"""Whole backbones keep the laws of graphs, too."""

import functools

import keras
import numpy as np
import pytest

from keras_gt import models, testing
from tests.layers.compiled import compiled
from tests.layers.examples import WEIGHTED, WITH_EDGES
from tests.references.layer_arrays import randomise

DENSE, PAIRS = {"dense": 5}, {"dense": 3}
WALKS = np.random.default_rng(2).random((2, 11, 11, 3)).astype("float32")
WITH_PAIRS = {**WITH_EDGES, "random_walks": WALKS}
BACKBONES = {
    "gcn": lambda: models.GCN(DENSE, 7, num_layers=1),
    "gat": lambda: models.GAT(DENSE, 3, 2, edge_features=PAIRS, residual=True),
    "graph_sage": lambda: models.GraphSAGE(DENSE, 7, activation="elu", normalization="layer"),
    "gin": lambda: models.GIN(DENSE, 7, num_layers=2),
    "gated_gcn": lambda: models.GatedGCN(DENSE, 7, num_layers=2, edge_features=PAIRS),
    "grit_complete": lambda: models.GRIT(
        DENSE, 6, 2, 2, {"random_walks": {"dim": 3}}, edge_features=PAIRS
    ),
    "graph_transformer": lambda: models.GraphTransformer(
        DENSE, 6, num_layers=2, num_heads=2, edge_features=PAIRS
    ),
    "graph_transformer_complete": lambda: models.GraphTransformer(
        DENSE, 6, num_layers=2, num_heads=2, attention="complete"
    ),
    "graph_gps_complete": lambda: models.GraphGPS(DENSE, 6, 2, 2, edge_features=PAIRS),
    "graph_gps_gated_complete": lambda: models.GraphGPS(
        DENSE, 6, 2, 2, edge_features=PAIRS, local="gated"
    ),
}


@functools.cache
def backbone(name):
    keras.utils.set_random_seed(9)
    model = BACKBONES[name]()
    randomise(model)
    return compiled(model)


def inputs_of(name):
    return {"gcn": WEIGHTED, "grit_complete": WITH_PAIRS}.get(name, WITH_EDGES)


@pytest.mark.parametrize("name", BACKBONES)
def test_backbones_keep_the_laws_of_graphs(name):
    function, inputs = backbone(name), inputs_of(name)
    testing.assert_node_permutation_equivariance(function, inputs, tolerance=1e-4)
    testing.assert_edge_order_invariance(function, inputs, tolerance=1e-4)
    testing.assert_padding_invariance(function, inputs, tolerance=1e-4)
    testing.assert_batch_equals_rows(function, inputs, tolerance=1e-4)
    testing.assert_single_node(function, inputs, tolerance=1e-4)
    if name.endswith("complete"):
        return  # everybody reads everybody, whatever the edges
    testing.assert_no_edges(function, inputs, tolerance=1e-4)
    testing.assert_isolated_node(function, inputs, tolerance=1e-4)
    testing.assert_duplicate_edge_counts_twice(function, inputs, tolerance=1e-4)
    testing.assert_self_loop_is_an_edge(function, inputs, tolerance=1e-4)
    testing.assert_messages_follow_direction(function, inputs, hops=2, tolerance=1e-4)


@pytest.mark.parametrize("name", BACKBONES)
def test_plan_and_unknown_keys_change_no_number(name):
    function, inputs = backbone(name), inputs_of(name)
    expected = testing.comparison.evaluate(function, inputs)
    lists = testing.batch_arrays.without_plan(inputs)
    found = testing.comparison.evaluate(function, {**lists, "a_key_of_mine": np.ones((2, 11))})
    testing.assert_close(found[0], expected[0], where=inputs["node_mask"])
