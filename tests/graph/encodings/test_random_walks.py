import numpy as np
import pytest

from keras_gt.graph import Graph
from keras_gt.graph.encodings import random_walk_pairs, random_walk_probabilities, random_walks
from tests.graph.example_graphs import cycle_graph, random_graph


def walk_by_walk(graph, steps):
    """Every node's return probability by following the edges one at a time."""
    out = [graph.receivers[graph.senders == node] for node in range(graph.num_nodes)]
    found = np.zeros((graph.num_nodes, steps))
    for start in range(graph.num_nodes):
        here = np.eye(graph.num_nodes)[start]
        for step in range(steps):
            there = np.zeros(graph.num_nodes)
            for node, chance in enumerate(here):
                for receiver in out[node]:
                    there[receiver] += chance / len(out[node])
            here = there
            found[start, step] = here[start]
    return found


@pytest.mark.parametrize("dense_nodes", [500, 3])
@pytest.mark.parametrize("num_edges", [0, 60])
def test_directed_graph_with_repeats(monkeypatch, dense_nodes, num_edges):
    monkeypatch.setattr(random_walks, "DENSE_NODES", dense_nodes)
    monkeypatch.setattr(random_walks, "BLOCK", 7)
    graph = random_graph(np.random.default_rng(1), 17, num_edges)
    found = random_walk_probabilities(graph, 5)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, walk_by_walk(graph, 5), atol=1e-6)


def test_a_triangle_and_a_self_loop():
    triangle = random_walk_probabilities(cycle_graph(3), 3)
    np.testing.assert_allclose(triangle, [[0, 1 / 2, 1 / 4]] * 3, atol=1e-7)
    assert random_walk_probabilities(Graph(1, [0], [0]), 2).tolist() == [[1, 1]]


def test_steps_must_be_positive():
    with pytest.raises(ValueError, match="steps must be at least 1. Received: steps=0"):
        random_walk_probabilities(cycle_graph(3), 0)


@pytest.mark.parametrize("dense_nodes", [500, 3])
def test_pairs_by_following_the_edges(monkeypatch, dense_nodes):
    monkeypatch.setattr(random_walks, "DENSE_NODES", dense_nodes)
    graph = random_graph(np.random.default_rng(1), 13, 29)
    expected = np.zeros((13, 13, 4))
    expected[:, :, 0] = np.eye(13)
    out = [graph.receivers[graph.senders == node] for node in range(13)]
    for step in range(3):
        for start in range(13):
            for node in range(13):
                for receiver in out[node]:
                    chance = expected[start, node, step] / len(out[node])
                    expected[start, receiver, step + 1] += chance
    found = random_walk_pairs(graph, 4)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-6)
    back = np.diagonal(found[:, :, 1:], axis1=0, axis2=1).T
    np.testing.assert_allclose(back, random_walk_probabilities(graph, 3), atol=1e-6)


def test_pairs_in_closed_form():
    """On a cycle the walk is a convolution, so each step is a power of a cosine."""
    found, nodes = random_walk_pairs(cycle_graph(7), 6), np.arange(7)
    angles = 2 * np.pi * np.outer(nodes, nodes) / 7
    for step in range(6):
        powers = np.cos(2 * np.pi * nodes / 7) ** step
        np.testing.assert_allclose(found[0, :, step], np.cos(angles) @ powers / 7, atol=1e-6)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)


def test_pairs_of_one_node_parts_and_ends():
    assert random_walk_pairs(Graph(1, [], []), 3).tolist() == [[[1, 0, 0]]]
    apart = random_walk_pairs(Graph(4, [0, 1, 2, 3], [1, 0, 3, 2]), 5)
    assert not apart[:2, 2:].any() and not apart[2:, :2].any()
    directed = random_walk_pairs(Graph(2, [0], [1]), 3)
    assert directed.tolist() == [[[1, 0, 0], [0, 1, 0]], [[0, 0, 0], [1, 0, 0]]]
    with pytest.raises(ValueError, match="steps must be at least 1. Received: steps=0"):
        random_walk_pairs(cycle_graph(3), 0)
