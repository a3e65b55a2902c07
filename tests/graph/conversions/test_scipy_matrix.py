import numpy as np
import pytest
from scipy.sparse import coo_array, csr_array

from keras_gt.graph import Graph
from tests.graph.example_graphs import random_graph

MATRIX = np.array([[0.0, 2.0, 0.0], [0.0, 0.0, 3.0], [0.0, 0.0, 4.0]])


def test_rows_are_senders_unless_the_order_says_otherwise():
    graph = Graph.from_scipy(csr_array(MATRIX))
    assert graph.to_edge_index().tolist() == [[0, 1, 2], [1, 2, 2]]
    assert graph.edge_weights.tolist() == [2, 3, 4]
    flipped = Graph.from_scipy(csr_array(MATRIX), order="target_to_source")
    np.testing.assert_array_equal(flipped.senders, graph.receivers)
    np.testing.assert_array_equal(flipped.receivers, graph.senders)


def test_ones_give_no_weights_and_fields_are_taken():
    graph = Graph.from_scipy(csr_array(MATRIX > 0), node_features=np.ones((3, 1)))
    assert graph.edge_weights is None and graph.node_features.shape == (3, 1)


@pytest.mark.parametrize("order", ["source_to_target", "target_to_source"])
def test_round_trip(order):
    graph = random_graph(np.random.default_rng(5), 9, 30)
    matrix = graph.to_scipy(order)
    expected = np.zeros((9, 9))
    np.add.at(expected, (graph.senders, graph.receivers), graph.edge_weights)
    expected = expected if order == "source_to_target" else expected.T
    np.testing.assert_allclose(matrix.toarray(), expected, rtol=1e-6)
    again = Graph.from_scipy(matrix, order=order).to_scipy(order)
    np.testing.assert_allclose(again.toarray(), expected, rtol=1e-6)


def test_no_edges():
    graph = Graph.from_scipy(coo_array((4, 4)))
    assert (graph.num_nodes, graph.num_edges) == (4, 0)
    assert Graph(2, [0], [1]).to_scipy().toarray().tolist() == [[0, 1], [0, 0]]


@pytest.mark.parametrize("adjacency", [csr_array((2, 3)), MATRIX, [[0, 1], [1, 0]]])
def test_errors(adjacency):
    with pytest.raises(ValueError, match="adjacency must be a square SciPy sparse matrix"):
        Graph.from_scipy(adjacency)
