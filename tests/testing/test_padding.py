import pytest

from keras_gt.testing import (
    assert_batch_equals_rows,
    assert_padding_invariance,
    random_graph_inputs,
)
from tests.testing import broken_functions as functions

INPUTS = [random_graph_inputs(num_edge_features=3), random_graph_inputs(plan=True)]


@pytest.mark.parametrize("inputs", INPUTS, ids=["sparse", "plan"])
def test_sound_functions_pass(inputs):
    for helper in (assert_padding_invariance, assert_batch_equals_rows):
        helper(functions.sum_neighbours, inputs)
        helper(functions.sum_graph, inputs, output="graph")


def test_statistics_over_padding_are_caught():
    with pytest.raises(AssertionError, match="junk under the masks, nodes: differs"):
        assert_padding_invariance(functions.centres_over_padding, INPUTS[0])


def test_the_amount_of_padding_is_caught():
    with pytest.raises(AssertionError, match="more padding, nodes: differs"):
        assert_padding_invariance(functions.adds_number_of_nodes, INPUTS[0])


def test_masked_edges_that_count_are_caught():
    inputs = random_graph_inputs()
    inputs["node_mask"][:] = True  # the padding edges end at a real node
    with pytest.raises(AssertionError, match="nodes: differs"):
        assert_padding_invariance(functions.ignores_edge_mask, inputs)


def test_statistics_over_the_batch_are_caught():
    with pytest.raises(AssertionError, match="row 0 alone, nodes: differs"):
        assert_batch_equals_rows(functions.centres_over_batch, INPUTS[0])
