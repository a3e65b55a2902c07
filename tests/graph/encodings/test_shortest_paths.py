import numpy as np
import pytest

from keras_gt.graph import Graph
from keras_gt.graph.encodings import shortest_path_distances
from tests.graph.example_graphs import cycle_graph, random_graph


def test_distances_of_a_directed_graph_by_powers_of_its_adjacency():
    graph = random_graph(np.random.default_rng(2), 19, 40)
    adjacency = np.zeros((19, 19), bool)
    adjacency[graph.receivers, graph.senders] = True
    expected, reached = np.full((19, 19), 4), np.eye(19, dtype=bool)
    for distance in range(4):
        expected[reached & (expected == 4)] = distance
        reached = reached | (adjacency.astype(int) @ reached.astype(int) > 0)
    found = shortest_path_distances(graph, max_distance=3)
    assert found.dtype == np.int32
    np.testing.assert_array_equal(found, expected)


def test_rows_are_receivers():
    found = shortest_path_distances(Graph(2, [0], [1]), max_distance=5)
    assert found.tolist() == [[0, 6], [1, 0]]


def test_no_edges_and_far_nodes_share_a_place():
    assert shortest_path_distances(Graph(2, [], []), 1).tolist() == [[0, 2], [2, 0]]
    assert shortest_path_distances(cycle_graph(9), 2)[0].tolist() == [0, 1, 2, 3, 3, 3, 3, 2, 1]


def test_max_distance_must_be_positive():
    with pytest.raises(ValueError, match="max_distance must be at least 1"):
        shortest_path_distances(cycle_graph(3), 0)
