import pytest

from keras_gt.testing import (
    assert_duplicate_edge_counts_twice,
    assert_self_loop_is_an_edge,
    random_graph_inputs,
)
from tests.testing import broken_functions as functions

INPUTS = [random_graph_inputs(num_edge_features=3), random_graph_inputs(plan=True)]


@pytest.mark.parametrize("inputs", INPUTS, ids=["sparse", "plan"])
def test_sound_functions_pass(inputs):
    def two_layers(inputs):
        nodes, _ = functions.sum_neighbours(inputs)
        return functions.sum_neighbours({**inputs, "node_features": nodes})

    for helper in (assert_duplicate_edge_counts_twice, assert_self_loop_is_an_edge):
        helper(functions.sum_neighbours, inputs)
        helper(two_layers, inputs)


def test_dropped_duplicates_are_caught():
    with pytest.raises(AssertionError, match="duplicate edge: differs"):
        assert_duplicate_edge_counts_twice(functions.drops_duplicates, INPUTS[0])


def test_dropped_self_loops_are_caught():
    with pytest.raises(AssertionError, match="self-loop: differs"):
        assert_self_loop_is_an_edge(functions.drops_self_loops, INPUTS[0])
