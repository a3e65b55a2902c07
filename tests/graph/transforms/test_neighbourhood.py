import numpy as np
import pytest

from keras_gt.graph import Graph, neighbourhood


def grid(side):
    """A square grid whose nodes touch their four neighbours, both ways."""
    numbers = np.arange(side * side).reshape(side, side)
    one = np.concatenate([numbers[:, :-1].ravel(), numbers[:-1].ravel()])
    other = np.concatenate([numbers[:, 1:].ravel(), numbers[1:].ravel()])
    senders, receivers = np.concatenate([one, other]), np.concatenate([other, one])
    return Graph(side * side, senders, receivers, node_features=np.eye(side * side))


def test_rings_are_taken_whole_while_they_fit():
    part, nodes = neighbourhood(grid(7), node=24, num_nodes=5)
    assert nodes.tolist() == [17, 23, 24, 25, 31]  # the middle and its four neighbours
    assert part.num_edges == 8
    np.testing.assert_array_equal(part.node_features, np.eye(49)[nodes])


def test_the_last_ring_gives_its_lowest_numbers():
    _, nodes = neighbourhood(grid(7), node=24, num_nodes=7)
    assert nodes.tolist() == [10, 16, 17, 23, 24, 25, 31]


def test_a_part_that_cannot_be_left_is_all_there_is():
    graph = Graph(5, [0, 1, 3], [1, 2, 4])
    assert neighbourhood(graph, node=2, num_nodes=4)[1].tolist() == [0, 1, 2]  # against the edges
    assert neighbourhood(graph, node=3, num_nodes=4)[1].tolist() == [3, 4]


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match=r"node must be in 0\.\.48"):
        neighbourhood(grid(7), node=49, num_nodes=3)
    with pytest.raises(ValueError, match="num_nodes must be at least 1"):
        neighbourhood(grid(7), node=0, num_nodes=0)
