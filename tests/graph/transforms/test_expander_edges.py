import numpy as np
import pytest

from keras_gt.graph import Graph, add_expander_edges, expander, shortest_path_distances
from tests.graph.example_graphs import cycle_graph, random_graph


def test_edges_come_in_their_order_with_their_types():
    graph = cycle_graph(11)
    found = add_expander_edges(graph, degree=4, virtual_nodes=2, seed=3).validate()
    assert found.num_nodes == 13
    assert np.bincount(found.edge_features).tolist() == [22, 44, 11, 11, 11, 11]
    assert (np.diff(found.edge_features) >= 0).all()
    parts = [(graph.senders, graph.receivers), expander(11, 4, 3)]
    own = np.arange(11)
    for hub in (11, 12):
        parts += [(np.full(11, hub), own), (own, np.full(11, hub))]
    for kind, (senders, receivers) in enumerate(parts):
        np.testing.assert_array_equal(found.senders[found.edge_features == kind], senders)
        np.testing.assert_array_equal(found.receivers[found.edge_features == kind], receivers)


def test_everybody_comes_near():
    far = cycle_graph(101)
    assert shortest_path_distances(far, 60).max() == 50
    assert shortest_path_distances(add_expander_edges(far), 60).max() <= 5
    hub = add_expander_edges(far, virtual_nodes=1)
    assert shortest_path_distances(hub, 60)[:101, :101].max() <= 2


def test_categories_get_a_column_of_types():
    graph = random_graph(np.random.default_rng(3), 11, 13).replace(pair_encodings={})
    found = add_expander_edges(graph, 4, 2, node_value=[7.0, 8.0], edge_value=5).validate()
    assert found.edge_features.dtype == np.int32 and found.edge_features.shape[1] == 3
    np.testing.assert_array_equal(found.edge_features[:13, :2], graph.edge_features)
    assert (found.edge_features[13:, :2] == 5).all()
    assert np.bincount(found.edge_features[:, 2]).tolist() == [13, 44, 11, 11, 11, 11]
    assert (found.edge_weights[13:] == 1).all()
    for name, array in graph.node_arrays().items():
        np.testing.assert_array_equal(found.node_arrays()[name][:11], array)
    assert found.node_features[11:].tolist() == [[7.0] * 3, [8.0] * 3]
    assert (found.feature_ids[11:] == -1).all() and not found.feature_values[11:].any()
    assert not found.encodings["positional_encoding"][11:].any()


def test_one_column_of_categories_becomes_two():
    graph = Graph(9, [0], [1], node_features=np.zeros(9, int), edge_features=[2])
    found = add_expander_edges(graph, 4, 1, node_value=1, edge_value=3).validate()
    assert found.edge_features[:2].tolist() == [[2, 0], [3, 1]]
    assert found.node_features.tolist() == [0] * 9 + [1]


def test_floats_get_one_hot_types():
    graph = Graph(9, [0], [1], edge_features=[[0.5]])
    found = add_expander_edges(graph, 4, 1).validate()
    assert found.edge_features.shape == (1 + 36 + 18, 5)
    assert found.edge_features[[0, 1, -1]].tolist() == [
        [0.5, 1, 0, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 0, 1],
    ]


def test_errors():
    graph = Graph(9, [0], [1], node_features=np.arange(9), edge_features=[2])
    with pytest.raises(ValueError, match="edge_value must be given.*such as 3"):
        add_expander_edges(graph)
    with pytest.raises(ValueError, match="node_value must be given.*such as 9"):
        add_expander_edges(graph, virtual_nodes=1, edge_value=3)
    with pytest.raises(ValueError, match="virtual_nodes must be at least 0"):
        add_expander_edges(graph, virtual_nodes=-1)
    pairs = graph.replace(pair_encodings={"walks": np.zeros((9, 9))})
    with pytest.raises(ValueError, match=r"graph must have no pair encodings.*\['walks'\]"):
        add_expander_edges(pairs, edge_value=3)
