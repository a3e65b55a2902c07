import pytest

from keras_gt.testing import (
    assert_edge_order_invariance,
    assert_node_permutation_equivariance,
    random_graph_inputs,
)
from tests.testing import broken_functions as functions

INPUTS = [random_graph_inputs(), random_graph_inputs(plan=True)]


@pytest.mark.parametrize("inputs", INPUTS, ids=["sparse", "plan"])
def test_sound_functions_pass(inputs):
    for helper in (assert_node_permutation_equivariance, assert_edge_order_invariance):
        helper(functions.sum_neighbours, inputs)
        helper(functions.sum_graph, inputs, output="graph")


@pytest.mark.parametrize("inputs", INPUTS, ids=["sparse", "plan"])
def test_node_numbers_are_caught(inputs):
    with pytest.raises(AssertionError, match="renumbered nodes, nodes: differs"):
        assert_node_permutation_equivariance(functions.adds_node_number, inputs)

    def graph(inputs):
        return functions.adds_node_number(inputs)[0][:, 0]

    with pytest.raises(AssertionError, match="renumbered nodes, graphs: differs"):
        assert_node_permutation_equivariance(graph, inputs, output="graph")


@pytest.mark.parametrize("inputs", INPUTS, ids=["sparse", "plan"])
def test_edge_numbers_are_caught(inputs):
    with pytest.raises(AssertionError, match="reordered edges, edges: differs"):
        assert_edge_order_invariance(functions.adds_edge_number, inputs)


def test_a_first_edge_is_caught():
    with pytest.raises(AssertionError, match="reordered edges, nodes: differs"):
        assert_edge_order_invariance(functions.weighs_first_edge_more, INPUTS[0])
