import numpy as np
import pytest

from keras_gt.graph import Graph, add_self_loops
from keras_gt.graph.encodings import hop_features
from tests.graph.example_graphs import cycle_graph, random_graph


def test_tokens_are_powers_of_the_normalised_adjacency():
    graph = random_graph(np.random.default_rng(4), 17, 40)  # directed, with repeats and weights
    adjacency = np.zeros((17, 17))
    np.add.at(adjacency, (graph.receivers, graph.senders), graph.edge_weights)
    degree = adjacency.sum(axis=1)
    scale = np.where(degree > 0, 1 / np.sqrt(np.where(degree > 0, degree, 1)), 0)
    adjacency = scale[:, None] * adjacency * scale
    found = hop_features(graph, 3)
    assert found.shape == (17, 4, 3) and found.dtype == np.float32
    for hop in range(4):
        expected = np.linalg.matrix_power(adjacency, hop) @ graph.node_features
        np.testing.assert_allclose(found[:, hop], expected, atol=1e-6)


def test_a_constant_stays_and_parts_do_not_mix():
    constant = add_self_loops(cycle_graph(5).replace(node_features=np.ones((5, 1))))
    np.testing.assert_allclose(hop_features(constant, 4), np.ones((5, 5, 1)), atol=1e-6)
    apart = Graph(4, [0, 1, 2, 3], [1, 0, 3, 2], node_features=[[1.0], [1.0], [0.0], [0.0]])
    assert hop_features(apart, 3)[2:].max() == 0


def test_one_node_and_no_hops():
    alone = Graph(1, [], [], node_features=[[2.0, 3.0]])
    assert hop_features(alone, 2).tolist() == [[[2.0, 3.0], [0.0, 0.0], [0.0, 0.0]]]
    assert hop_features(alone, 0).tolist() == [[[2.0, 3.0]]]


def test_errors():
    with pytest.raises(ValueError, match="hops must be at least 0. Received: hops=-1"):
        hop_features(cycle_graph(3), -1)
    for graph in (cycle_graph(3), cycle_graph(3).replace(node_features=[0, 1, 2])):
        with pytest.raises(ValueError, match="graph must have float node_features"):
            hop_features(graph, 1)
