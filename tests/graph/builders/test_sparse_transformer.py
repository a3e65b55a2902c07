import numpy as np
import pytest

from keras_gt.graph.builders import causal, fixed, strided


def assert_edges(edges, expected):
    """The edges are the true entries [receiver, sender], in the order of np.nonzero."""
    assert edges[0].dtype == edges[1].dtype == np.int32
    np.testing.assert_array_equal(np.stack(edges[::-1]), np.nonzero(expected))


@pytest.mark.parametrize("num_nodes", [1, 7, 12, 29])
def test_edges_are_the_sets_of_the_paper(num_nodes):
    i, j = np.indices((num_nodes, num_nodes))
    for size in (1, 2, 5, 12, 40):
        near, period = i - j < size, (i - j) % size == 0
        assert_edges(strided(num_nodes, size), (j <= i) & (near | period))
        for summary in {1, (size + 1) // 2, size}:
            own, last = i // size == j // size, j % size >= size - summary
            assert_edges(fixed(num_nodes, size, summary), (j <= i) & (own | last))


def test_everything_before_is_two_steps_away():
    for senders, receivers in (strided(23, 5), fixed(23, 5)):
        reads = np.zeros((23, 23), int)
        reads[receivers, senders] = 1
        np.testing.assert_array_equal(reads @ reads > 0, np.tri(23, dtype=bool))


def test_the_limits_are_causal():
    for edges in (strided(9, 1), strided(9, 9), fixed(9, 9), fixed(9, 2, summary=2)):
        np.testing.assert_array_equal(edges, causal(9))


def test_errors():
    for build in (strided, fixed):
        with pytest.raises(ValueError, match="num_nodes must be at least 1"):
            build(0, 3)
    with pytest.raises(ValueError, match="stride must be at least 1. Received: stride=0"):
        strided(3, 0)
    with pytest.raises(ValueError, match="block must be at least 1. Received: block=0"):
        fixed(3, 0)
    for summary in (0, 4):
        with pytest.raises(ValueError, match=f"summary must be between 1 and block.*={summary}"):
            fixed(9, 3, summary)
