import numpy as np
import pytest

from keras_gt.graph.builders import expander


def adjacency(num_nodes, edges):
    matrix = np.zeros((num_nodes, num_nodes))
    np.add.at(matrix, edges[::-1], 1)
    return matrix


# 8 and 12 nodes are the fewest that get cycles, where most draws must be mended
@pytest.mark.parametrize(("num_nodes", "degree"), [(8, 4), (12, 6), (41, 6), (101, 12)])
def test_graphs_are_regular_simple_and_symmetric(num_nodes, degree):
    for seed in range(5):
        senders, receivers = expander(num_nodes, degree, seed)
        assert senders.dtype == receivers.dtype == np.int32
        matrix = adjacency(num_nodes, (senders, receivers))
        assert matrix.max() == 1 and not np.diag(matrix).any()
        np.testing.assert_array_equal(matrix, matrix.T)
        assert (matrix.sum(axis=0) == degree).all()
        order = np.lexsort((senders, receivers))
        np.testing.assert_array_equal(order, np.arange(senders.size))


def test_the_seed_decides():
    first, again, other = (expander(101, 6, seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert np.any(first[0] != other[0])


@pytest.mark.parametrize("degree", [4, 6])
def test_the_spectral_gap_is_near_the_best(degree):
    """All but the largest eigenvalue, which is the degree, are about 2 sqrt(degree - 1) at most."""
    for seed in range(3):
        matrix = adjacency(211, expander(211, degree, seed))
        values = np.sort(np.abs(np.linalg.eigvalsh(matrix)))
        assert values[-1] == pytest.approx(degree)
        assert values[-2] < 2 * np.sqrt(degree - 1) + 0.2


@pytest.mark.parametrize("num_nodes", [1, 2, 7])
def test_few_nodes_get_the_complete_graph(num_nodes):
    matrix = adjacency(num_nodes, expander(num_nodes, 4))
    np.testing.assert_array_equal(matrix, 1 - np.eye(num_nodes))


def test_errors():
    with pytest.raises(ValueError, match="num_nodes must be at least 1.*num_nodes=0"):
        expander(0, 4)
    for degree in (2, 5):
        with pytest.raises(ValueError, match=f"degree must be even and at least 4.*={degree}"):
            expander(11, degree)
