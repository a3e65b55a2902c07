import numpy as np
import pytest

from keras_gt.datasets.edge_lists import undirected_edges


def test_edges_come_once_in_both_directions_without_loops():
    senders, receivers = undirected_edges([0, 0, 2, 1, 3], [1, 1, 2, 0, 0], num_nodes=4)
    assert senders.tolist() == [1, 3, 0, 0] and receivers.tolist() == [0, 0, 1, 3]
    assert senders.dtype == receivers.dtype == np.int32


def test_no_edges():
    senders, receivers = undirected_edges([], [], num_nodes=3)
    assert senders.shape == receivers.shape == (0,)


@pytest.mark.parametrize("senders, words", [([3], "from 3 to 3"), ([-1], "from -1 to -1")])
def test_indices_outside_the_graph_are_refused(senders, words):
    with pytest.raises(ValueError, match=rf"senders must lie in \[0, 3\).*{words}"):
        undirected_edges(senders, [0], num_nodes=3)
