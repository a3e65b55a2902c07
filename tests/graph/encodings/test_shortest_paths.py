import numpy as np
import pytest

from keras_gt.graph import Graph
from keras_gt.graph.encodings import (
    shortest_path_distances,
    shortest_path_edges,
    shortest_path_features,
)
from tests.graph.example_graphs import cycle_graph, path_graph, random_graph


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


@pytest.mark.parametrize("max_distance", [2, 9])
def test_edges_lead_from_sender_to_receiver(max_distance):
    """Walked back from the receiver, each path is as long as the distance says."""
    graph = random_graph(np.random.default_rng(2), 19, 40)
    distances = shortest_path_distances(graph, 18)
    paths = shortest_path_edges(graph, max_distance)
    assert paths.shape == (19, 19, max_distance) and paths.dtype == np.int32
    for receiver, sender in np.ndindex(19, 19):
        length = distances[receiver, sender]
        length = min(length, max_distance) if length < 19 else 0
        path, here = paths[receiver, sender], receiver
        assert (path[:length] >= 0).all() and (path[length:] == -1).all()
        for position, edge in enumerate(path[:length]):
            assert graph.receivers[edge] == here
            here = graph.senders[edge]
            assert distances[here, sender] == distances[receiver, sender] - position - 1
        if 0 < length < max_distance:
            assert here == sender


def test_of_two_paths_the_lower_edge_into_the_receiver_is_taken():
    square = Graph(4, [2, 1, 0, 0], [3, 3, 1, 2])  # 0 -> 1 -> 3 and 0 -> 2 -> 3
    assert shortest_path_edges(square, 2)[3, 0].tolist() == [0, 3]
    twice = Graph(2, [0, 0], [1, 1])
    assert shortest_path_edges(twice, 1)[1, 0].tolist() == [0]


def test_paths_without_edges_parts_and_self_loops():
    assert (shortest_path_edges(Graph(1, [], []), 2) == -1).all()
    assert (shortest_path_edges(Graph(1, [0], [0]), 2) == -1).all()
    apart = shortest_path_edges(Graph(4, [0, 1, 2, 3], [1, 0, 3, 2]), 3)
    assert (apart[:2, 2:] == -1).all() and apart[1, 0].tolist() == [0, -1, -1]
    with pytest.raises(ValueError, match="max_distance must be at least 1"):
        shortest_path_edges(cycle_graph(3), 0)


def test_features_along_the_paths():
    path = path_graph(4).replace(edge_features=np.arange(12).reshape(6, 2))
    found = shortest_path_features(path, 2)  # edges 0, 1, 2 go up, 3, 4, 5 down
    assert found.shape == (4, 4, 4) and found.dtype == np.int32
    assert found[3, 0].tolist() == [4, 5, 2, 3] and found[0, 1].tolist() == [6, 7, -1, -1]
    assert (found[0, 0] == -1).all()
    numbers = path.replace(edge_features=np.arange(1.0, 7.0)[:, None])
    assert shortest_path_features(numbers, 3)[3, 1].tolist() == [3, 2, 0]
    bare = Graph(1, [], [], edge_features=np.zeros((0, 2), int))
    assert shortest_path_features(bare, 2).tolist() == [[[-1, -1, -1, -1]]]
    with pytest.raises(ValueError, match="graph must have edge_features"):
        shortest_path_features(path_graph(3), 2)
