import numpy as np
import pytest

from keras_gt.graph import Graph, add_virtual_node, shortest_path_distances
from tests.graph.example_graphs import random_graph


def test_everybody_is_two_hops_from_everybody():
    graph = add_virtual_node(Graph(7, [], [])).validate()
    distances = shortest_path_distances(graph, 5)
    assert distances[:7, :7].tolist() == (2 - 2 * np.eye(7)).tolist()
    assert (distances[7, :7] == 1).all() and (distances[:7, 7] == 1).all()


def test_what_nodes_and_edges_carry_grows():
    graph = random_graph(np.random.default_rng(3), 6, 13)
    found = add_virtual_node(graph, edge_value=5).validate()
    assert (found.num_nodes, found.num_edges) == (7, 25)
    for name, array in (graph.node_arrays() | graph.edge_arrays()).items():
        longer = (found.node_arrays() | found.edge_arrays())[name]
        np.testing.assert_array_equal(longer[: len(array)], array)
        assert longer.dtype == array.dtype
    assert found.node_features[6].tolist() == [0, 0, 0]
    assert found.feature_ids[6].tolist() == [-1, -1]
    assert (found.edge_features[13:] == 5).all() and (found.edge_weights[13:] == 1).all()
    for name, array in graph.pair_encodings.items():
        np.testing.assert_array_equal(found.pair_encodings[name][:6, :6], array)
        assert not found.pair_encodings[name][6].any()


def test_categories_need_a_value():
    graph = Graph(2, [0], [1], node_features=[3, 1], edge_features=[[2]])
    with pytest.raises(ValueError, match="node_value must be given.*such as 4"):
        add_virtual_node(graph)
    with pytest.raises(ValueError, match="edge_value must be given.*such as 3"):
        add_virtual_node(graph, node_value=4)
    found = add_virtual_node(graph, node_value=4, edge_value=3)
    assert found.node_features.tolist() == [3, 1, 4]
    assert found.edge_features.tolist() == [[2], [3], [3], [3], [3]]
