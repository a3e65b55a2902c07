import pytest

from keras_gt.testing import (
    assert_isolated_node,
    assert_no_edges,
    assert_single_node,
    random_graph_inputs,
)
from tests.testing import broken_functions as functions

INPUTS = [random_graph_inputs(num_edge_features=3), random_graph_inputs(plan=True)]


@pytest.mark.parametrize("inputs", INPUTS, ids=["sparse", "plan"])
def test_sound_functions_pass(inputs):
    assert_isolated_node(functions.sum_neighbours, inputs)
    for helper in (assert_no_edges, assert_single_node):
        helper(functions.sum_neighbours, inputs)
        helper(functions.sum_graph, inputs, output="graph")


def test_division_by_an_empty_neighbourhood_is_caught():
    with pytest.raises(AssertionError, match="no edges, first node: .* not finite"):
        assert_no_edges(functions.divides_by_degree, INPUTS[0])
    with pytest.raises(AssertionError, match="isolated node: .* not finite"):
        assert_isolated_node(functions.divides_by_degree, INPUTS[0])
    with pytest.raises(AssertionError, match="single node, nodes: .* not finite"):
        assert_single_node(functions.divides_by_degree, INPUTS[0])


def test_seeing_others_without_edges_is_caught():
    with pytest.raises(AssertionError, match="no edges, first node: differs"):
        assert_no_edges(functions.centres_over_nodes, INPUTS[0])
    with pytest.raises(AssertionError, match="isolated node: differs"):
        assert_isolated_node(functions.centres_over_nodes, INPUTS[0])


def test_masked_edges_that_count_are_caught():
    inputs = random_graph_inputs()
    inputs["node_mask"][:] = True
    with pytest.raises(AssertionError, match="empty edge arrays, nodes: differs"):
        assert_no_edges(functions.ignores_edge_mask, inputs)


def test_the_size_of_the_row_is_caught():
    with pytest.raises(AssertionError, match="single node, nodes: differs"):
        assert_single_node(functions.adds_number_of_nodes, INPUTS[0])
