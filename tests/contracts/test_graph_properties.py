"""Every layer that reads edges keeps the laws of graphs; every readout those of a readout."""

import functools

import keras
import numpy as np
import pytest

from keras_gt import testing
from keras_gt.testing.batch_arrays import without_plan
from tests.layers.compiled import compiled
from tests.layers.examples import EDGE_LAYERS, OTHER_LAYERS, PACKED, UNPACKED
from tests.layers.functional import symbolic
from tests.references.layer_arrays import built

READOUTS = [name for name in OTHER_LAYERS if name.startswith("readout")]
SEED = 6


@functools.cache
def layer_of(name):
    return compiled(built(EDGE_LAYERS[name], SEED))


@pytest.mark.parametrize("name", EDGE_LAYERS)
def test_planned_edges_keep_every_law(name):
    example, function = EDGE_LAYERS[name], testing.layer_function(layer_of(name), "plan")
    testing.assert_node_permutation_equivariance(function, example.inputs)
    testing.assert_edge_order_invariance(function, example.inputs)
    testing.assert_padding_invariance(function, example.inputs)
    testing.assert_batch_equals_rows(function, example.inputs)
    testing.assert_no_edges(function, example.inputs)
    testing.assert_isolated_node(function, example.inputs)
    testing.assert_single_node(function, example.inputs)
    testing.assert_duplicate_edge_counts_twice(function, example.inputs)
    testing.assert_self_loop_is_an_edge(function, example.inputs)
    testing.assert_messages_follow_direction(function, example.inputs, hops=example.hops)


@pytest.mark.parametrize("name", EDGE_LAYERS)
def test_edges_without_a_plan_keep_them_too(name):
    example, function = EDGE_LAYERS[name], testing.layer_function(layer_of(name), "sparse")
    inputs = without_plan(example.inputs)
    testing.assert_node_permutation_equivariance(function, inputs)
    testing.assert_edge_order_invariance(function, inputs)
    testing.assert_isolated_node(function, inputs)
    testing.assert_duplicate_edge_counts_twice(function, inputs)
    testing.assert_self_loop_is_an_edge(function, inputs)
    testing.assert_messages_follow_direction(function, inputs, hops=example.hops)


@pytest.mark.parametrize("name", EDGE_LAYERS)
def test_forms_of_the_edges_agree(name):
    testing.assert_edge_forms_agree(layer_of(name), EDGE_LAYERS[name].inputs)
    testing.assert_complete_graph_forms_agree(layer_of(name), EDGE_LAYERS[name].inputs)


@functools.cache
def readout_of(name):
    keras.utils.set_random_seed(SEED)
    layer = OTHER_LAYERS[name].make()
    layer(**symbolic(OTHER_LAYERS[name].arguments))  # builds it
    return compiled(layer)


@pytest.mark.parametrize("name", READOUTS)
def test_readouts_keep_the_laws_of_graphs(name):
    inputs = {**(PACKED if name.endswith("packed") else UNPACKED)}
    keys = tuple(inputs)
    inputs["senders"] = inputs["receivers"] = np.full((2, 3), 10, "int32")
    inputs["edge_mask"] = np.zeros((2, 3), bool)

    def function(arrays):
        return readout_of(name)(**{key: arrays[key] for key in keys})

    testing.assert_node_permutation_equivariance(function, inputs, output="graph")
    testing.assert_padding_invariance(function, inputs, output="graph")
    testing.assert_batch_equals_rows(function, inputs, output="graph")
    testing.assert_single_node(function, inputs, output="graph")


@pytest.mark.parametrize("name", READOUTS)
def test_a_graph_without_nodes_is_zero(name):
    inputs = PACKED if name.endswith("packed") else UNPACKED
    inputs = {**inputs, "node_mask": np.zeros_like(inputs["node_mask"])}
    result = keras.ops.convert_to_numpy(readout_of(name)(**inputs))
    assert np.array_equal(result, np.zeros_like(result))
