import networkx
import numpy as np
import pytest

from keras_gt.graph import Graph
from tests.graph.example_graphs import random_graph


def test_undirected_edges_go_both_ways_and_self_loops_once():
    theirs = networkx.Graph([("a", "b"), ("b", "c"), ("c", "c")])
    graph = Graph.from_networkx(theirs)
    assert graph.num_nodes == 3
    pairs = sorted(zip(graph.senders.tolist(), graph.receivers.tolist(), strict=True))
    assert pairs == [(0, 1), (1, 0), (1, 2), (2, 1), (2, 2)]


def test_attributes_become_arrays():
    theirs = networkx.DiGraph()
    theirs.add_node("x", colour=[1.0, 2.0])
    theirs.add_node("y", colour=[3.0, 4.0])
    theirs.add_edge("y", "x", kind=2, weight=0.5)
    graph = Graph.from_networkx(
        theirs, node_attribute="colour", edge_attribute="kind", weight_attribute="weight"
    )
    assert graph.to_edge_index().tolist() == [[1], [0]]
    assert graph.node_features.tolist() == [[1, 2], [3, 4]]
    assert graph.edge_features.tolist() == [2] and graph.edge_weights.tolist() == [0.5]


def test_round_trip_of_a_multigraph():
    graph = random_graph(np.random.default_rng(4), 7, 40)
    theirs = graph.to_networkx()
    assert isinstance(theirs, networkx.MultiDiGraph)
    again = Graph.from_networkx(
        theirs,
        node_attribute="node_features",
        edge_attribute="edge_features",
        weight_attribute="edge_weights",
    )
    # NetworkX keeps the edges by sender.
    order = np.lexsort((graph.receivers, graph.senders))
    back = np.lexsort((again.receivers, again.senders))
    np.testing.assert_array_equal(again.node_features, graph.node_features)
    for name in ("senders", "receivers", "edge_features", "edge_weights"):
        np.testing.assert_array_equal(getattr(again, name)[back], getattr(graph, name)[order])


def test_edges_stored_once_give_a_simple_graph():
    theirs = Graph(3, [0, 1], [1, 2]).to_networkx()
    assert type(theirs) is networkx.DiGraph and theirs.number_of_nodes() == 3


def test_errors():
    theirs = networkx.Graph([(0, 1)])
    with pytest.raises(ValueError, match="node_features must be set on.*'colour'.*0 without it"):
        Graph.from_networkx(theirs, node_attribute="colour")
    with pytest.raises(ValueError, match=r"edge_weights must be set on all.*\(0, 1\) without it"):
        Graph.from_networkx(theirs, weight_attribute="weight")
    with pytest.raises(ValueError, match="num_nodes must be an integer of at least 1"):
        Graph.from_networkx(networkx.Graph())
