"""Layers in which a node reads its whole graph keep the laws of graphs, without any edge."""

import functools

import keras
import numpy as np
import pytest

from keras_gt import testing
from tests.layers.compiled import compiled
from tests.layers.examples import OTHER_LAYERS, PACKED
from tests.references.layer_arrays import built

GLOBAL = [name for name in OTHER_LAYERS if name.startswith("global")]
NO_EDGES = {
    "senders": np.full((2, 3), 10, "int32"),
    "receivers": np.full((2, 3), 10, "int32"),
    "edge_mask": np.zeros((2, 3), bool),
}


@functools.cache
def layer_of(name):
    return compiled(built(OTHER_LAYERS[name]))


@pytest.mark.parametrize("name", GLOBAL)
def test_global_layers_keep_the_laws_of_graphs(name):
    arguments = OTHER_LAYERS[name].arguments
    inputs = {**arguments, **NO_EDGES}

    def function(arrays):
        return layer_of(name)(**{key: arrays[key] for key in arguments})

    testing.assert_node_permutation_equivariance(function, inputs)
    testing.assert_padding_invariance(function, inputs)
    testing.assert_batch_equals_rows(function, inputs)
    testing.assert_single_node(function, inputs)


@pytest.mark.parametrize("name", ["global_simple_packed", "global_polynomial_packed"])
def test_graphs_of_a_packed_row_do_not_see_each_other(name):
    """Each graph alone, the rest of its row masked, without any packing."""
    together = keras.ops.convert_to_numpy(layer_of(name)(**PACKED))
    ids = np.where(PACKED["node_mask"], PACKED["graph_ids"], -1)
    for graph in (ids[:, :1], ids.max(axis=1, keepdims=True)):  # the first and the last
        mine = ids == graph
        alone = layer_of(name)(node_features=PACKED["node_features"], node_mask=mine)
        testing.assert_close(alone, together, where=mine)


@pytest.mark.parametrize("name", GLOBAL)
def test_rows_without_real_nodes_are_finite(name):
    arguments = OTHER_LAYERS[name].arguments
    arguments = {**arguments, "node_mask": np.zeros_like(arguments["node_mask"])}
    assert np.isfinite(keras.ops.convert_to_numpy(layer_of(name)(**arguments))).all()
