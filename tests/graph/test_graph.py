import dataclasses

import numpy as np
import pytest

from keras_gt.graph import Graph
from tests.graph.example_graphs import cycle_graph, random_graph


def test_arrays_come_to_int32_and_float32():
    graph = Graph(
        2,
        np.array([0, 1], np.uint16),
        [1, 0],
        node_features=np.array([3, 4], np.uint8),
        edge_features=np.ones((2, 1), np.float64),
        edge_weights=[1, 2],
        encodings={"degree": np.ones((2, 1), int)},
    )
    assert graph.senders.dtype == graph.receivers.dtype == graph.node_features.dtype == np.int32
    assert graph.edge_features.dtype == graph.edge_weights.dtype == np.float32
    assert graph.encodings["degree"].dtype == np.float32


def test_a_graph_is_frozen_and_replace_copies():
    graph = cycle_graph(5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        graph.num_nodes = 6
    larger = graph.replace(num_nodes=6)
    assert (graph.num_nodes, larger.num_nodes) == (5, 6)
    assert larger.senders is graph.senders


def test_inputs_are_one_row_sorted_by_receiver():
    graph = random_graph(np.random.default_rng(0), 7, 19)
    inputs = graph.inputs()
    order = np.argsort(graph.receivers, kind="stable")
    assert set(inputs) == {
        *("node_features", "feature_ids", "feature_values", "positional_encoding"),
        *("edge_features", "edge_weights", "senders", "receivers", "node_mask", "edge_mask"),
        *("receiver_offsets", "sender_offsets", "sender_order", "walks", "distances"),
    }
    for name in ("senders", "receivers", "edge_features", "edge_weights"):
        np.testing.assert_array_equal(inputs[name][0], getattr(graph, name)[order])
    np.testing.assert_array_equal(inputs["node_features"][0], graph.node_features)
    assert inputs["node_mask"].all() and inputs["edge_mask"].all()
    assert inputs["receiver_offsets"].shape == (1, 8)


def test_no_edges_give_one_masked_edge():
    inputs = Graph(3, [], [], edge_features=np.zeros((0, 2))).inputs()
    assert inputs["senders"].tolist() == inputs["receivers"].tolist() == [[2]]
    assert inputs["edge_mask"].tolist() == [[False]]
    assert inputs["edge_features"].shape == (1, 1, 2)
    assert inputs["receiver_offsets"].tolist() == [[0, 0, 0, 1]]


def test_one_node():
    inputs = Graph(1, [0], [0], node_features=[[2.0]]).inputs()
    assert inputs["node_features"].tolist() == [[[2.0]]]
    assert inputs["receiver_offsets"].tolist() == [[0, 1]]


@pytest.mark.parametrize("order", ["source_to_target", "target_to_source"])
def test_edge_index_round_trip(order):
    edge_index = np.array([[0, 1, 1], [1, 2, 0]])
    graph = Graph.from_edge_index(edge_index, order=order, edge_weights=[1.0, 2.0, 3.0])
    assert graph.num_nodes == 3
    first = graph.senders if order == "source_to_target" else graph.receivers
    np.testing.assert_array_equal(first, edge_index[0])
    np.testing.assert_array_equal(graph.to_edge_index(order), edge_index)


def test_symmetry_ignores_order_and_repeats():
    assert cycle_graph(4).is_symmetric()
    assert Graph(3, [0, 1, 0, 2], [1, 0, 1, 2]).is_symmetric()
    assert Graph(3, [], []).is_symmetric()
    assert not Graph(3, [0, 1, 1], [1, 0, 2]).is_symmetric()


def test_repr_names_what_a_graph_carries():
    pairs = {"distances": np.ones((2, 2), int)}
    graph = Graph(2, [0], [1], encodings={"pe": np.ones((2, 3))}, pair_encodings=pairs)
    shown = "pe=(2, 3) float32, distances=(2, 2) int32"
    assert repr(graph) == f"Graph(num_nodes=2, num_edges=1, {shown})"
