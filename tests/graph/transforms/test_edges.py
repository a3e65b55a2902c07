import numpy as np
import pytest

from keras_gt.graph import (
    Graph,
    add_self_loops,
    normalise_gcn,
    sort_by_receiver,
    subgraph,
    symmetrise,
)
from tests.graph.example_graphs import cycle_graph, random_graph


def dense(graph):
    """[receiver, sender] sums of weights."""
    matrix = np.zeros((graph.num_nodes, graph.num_nodes))
    weights = np.ones(graph.num_edges) if graph.edge_weights is None else graph.edge_weights
    np.add.at(matrix, (graph.receivers, graph.senders), weights)
    return matrix


@pytest.fixture
def graph():
    return random_graph(np.random.default_rng(3), 11, 37)


def test_self_loops_are_added_once(graph):
    looped = add_self_loops(graph).validate()
    has_loop = np.diag(dense(graph)) > 0
    new = looped.num_edges - graph.num_edges
    assert new == (~has_loop).sum()
    np.testing.assert_array_equal(looped.senders[-new:], np.flatnonzero(~has_loop))
    np.testing.assert_array_equal(looped.receivers[-new:], np.flatnonzero(~has_loop))
    assert (looped.edge_weights[-new:] == 1).all() and (looped.edge_features[-new:] == 0).all()
    assert looped.edge_features.dtype == np.int32
    assert add_self_loops(looped).num_edges == looped.num_edges


def test_symmetrise_adds_what_is_missing_with_its_features():
    graph = Graph(3, [0, 1, 1], [1, 0, 2], edge_weights=[5, 6, 7], edge_features=[[1], [2], [3]])
    both = symmetrise(graph).validate()
    assert both.to_edge_index().tolist() == [[0, 1, 1, 2], [1, 0, 2, 1]]
    assert both.edge_weights.tolist() == [5, 6, 7, 7]
    assert both.edge_features.tolist() == [[1], [2], [3], [3]]


def test_symmetrise_of_a_random_graph_is_symmetric(graph):
    assert not graph.is_symmetric()
    both = symmetrise(graph)
    assert both.is_symmetric() and symmetrise(both).num_edges == both.num_edges


def test_gcn_weights_are_those_of_the_matrix(graph):
    adjacency = dense(graph)
    degree = adjacency.sum(axis=1)
    scale = np.where(degree > 0, 1 / np.sqrt(np.maximum(degree, 1e-9)), 0)
    expected = scale[:, None] * adjacency * scale
    np.testing.assert_allclose(dense(normalise_gcn(graph)), expected, rtol=1e-5)


def test_gcn_weights_of_a_regular_graph_and_of_no_edges():
    weights = normalise_gcn(add_self_loops(cycle_graph(7))).edge_weights
    np.testing.assert_allclose(weights, np.full(21, 1 / 3), rtol=1e-6)
    assert normalise_gcn(Graph(2, [], [])).edge_weights.tolist() == []
    assert normalise_gcn(Graph(2, [0], [1])).edge_weights.tolist() == [0]  # nothing reaches 0


def test_gcn_refuses_negative_weights():
    with pytest.raises(ValueError, match="edge_weights must be at least 0.*minimum -1"):
        normalise_gcn(Graph(2, [0], [1], edge_weights=[-1.0]))


def test_sorting_moves_all_that_an_edge_carries(graph):
    ordered = sort_by_receiver(graph).validate()
    assert (np.diff(ordered.receivers) >= 0).all()
    inputs, same = graph.inputs(), ordered.inputs()
    for name, array in inputs.items():
        np.testing.assert_array_equal(array, same[name])
    np.testing.assert_array_equal(ordered.edge_weights, same["edge_weights"][0])


@pytest.mark.parametrize("as_mask", [True, False])
def test_subgraph_keeps_edges_between_chosen_nodes(graph, as_mask):
    nodes = np.array([1, 4, 5, 9]) if as_mask else np.array([9, 1, 5, 4])
    chosen = np.isin(np.arange(11), nodes) if as_mask else nodes
    part = subgraph(graph, chosen).validate()
    np.testing.assert_allclose(dense(part), dense(graph)[np.ix_(nodes, nodes)])
    for name, array in part.node_arrays().items():
        np.testing.assert_array_equal(array, graph.node_arrays()[name][nodes])
    assert part.edge_features.shape == (part.num_edges, 2)
    for name, array in part.pair_encodings.items():
        whole = graph.pair_encodings[name]
        np.testing.assert_array_equal(array, [[whole[i, j] for j in nodes] for i in nodes])


@pytest.mark.parametrize("nodes", [[], [0, 0], [-1], [11], [0.5], [[1]]])
def test_subgraph_refuses_what_is_no_choice_of_nodes(graph, nodes):
    with pytest.raises(ValueError, match=r"nodes must be different integers in 0\.\.10"):
        subgraph(graph, nodes)


def test_subgraph_refuses_masks_that_do_not_fit(graph):
    with pytest.raises(ValueError, match=r"nodes must have one entry a node.*\(11,\).*\(3,\)"):
        subgraph(graph, [True, False, True])
    with pytest.raises(ValueError, match="at least one"):
        subgraph(graph, np.zeros(11, bool))


def test_the_given_graph_stays_as_it_is(graph):
    before = {**graph.edge_arrays(), "senders": graph.senders.copy()}
    for transform in (add_self_loops, symmetrise, normalise_gcn, sort_by_receiver):
        transform(graph)
    for name, array in before.items():
        np.testing.assert_array_equal(getattr(graph, name), array)
