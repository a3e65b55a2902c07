import numpy as np
import pytest

from keras_gt.graph.builders import complete, random_window_hub, window_hub


def reads(num_nodes, edges):
    senders, receivers = edges
    assert senders.dtype == receivers.dtype == np.int32
    matrix = np.zeros((num_nodes, num_nodes), bool)
    matrix[receivers, senders] = True
    # Sorted by receiver, then sender, each edge once.
    np.testing.assert_array_equal(np.stack([receivers, senders]), np.nonzero(matrix))
    return matrix


@pytest.mark.parametrize("hubs", [1, 3])
def test_random_edges_come_on_top_of_window_and_hubs(hubs):
    num_nodes, size, num_random = 41, 2, 5
    matrix = reads(num_nodes, random_window_hub(num_nodes, size, num_random, hubs, seed=7))
    base = reads(num_nodes, window_hub(num_nodes, size, hubs))
    assert matrix[base].all()
    extra = (matrix & ~base).sum(axis=1)
    assert (extra[:hubs] == 0).all() and (extra[hubs:] == num_random).all()


def test_nodes_with_few_left_read_all_of_them():
    np.testing.assert_array_equal(random_window_hub(7, 1, 5), complete(7))
    none = random_window_hub(7, 1, 0)
    np.testing.assert_array_equal(none, window_hub(7, 1))


def test_every_sender_is_equally_likely():
    """Of node 6's 8 candidates, 3 are drawn: each in 3 / 8 of the draws."""
    base = reads(12, window_hub(12, 1))[6]
    found = np.mean([reads(12, random_window_hub(12, 1, 3, seed=s))[6] for s in range(800)], axis=0)
    assert (~base).sum() == 8
    np.testing.assert_allclose(found[~base], 3 / 8, atol=4 * np.sqrt(0.25 / 800))


def test_the_seed_decides():
    first, again, other = (random_window_hub(50, 1, 3, seed=seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert np.any(first[0] != other[0])


def test_errors():
    with pytest.raises(ValueError, match="num_random must be at least 0. Received: num_random=-1"):
        random_window_hub(5, 1, -1)
    with pytest.raises(ValueError, match="hubs must be between 1 and num_nodes"):
        random_window_hub(5, 1, 1, hubs=6)
