import numpy as np
import pytest

from keras_gt.graph.builders import nearest_neighbours


def test_neighbours_are_those_of_the_distance_matrix():
    points = np.random.default_rng(0).normal(size=(53, 3))
    distance = np.linalg.norm(points[:, None] - points, axis=2)
    np.fill_diagonal(distance, np.inf)
    senders, receivers = nearest_neighbours(points, k=5)
    assert senders.dtype == receivers.dtype == np.int32
    np.testing.assert_array_equal(receivers, np.repeat(np.arange(53), 5))
    np.testing.assert_array_equal(senders.reshape(53, 5), np.argsort(distance, axis=1)[:, :5])


def test_equal_points_do_not_read_themselves():
    senders, receivers = nearest_neighbours(np.zeros((7, 2)), k=3)
    assert senders.size == 21 and (senders != receivers).all()
    pairs = set(zip(senders.tolist(), receivers.tolist(), strict=True))
    assert len(pairs) == 21


@pytest.mark.parametrize("k", [0, 4])
def test_k_must_leave_the_point_itself_out(k):
    with pytest.raises(ValueError, match=f"k must be between 1.*k={k} with 4 points"):
        nearest_neighbours(np.eye(4), k)


@pytest.mark.parametrize("points", [[1.0, 2.0], [[np.nan], [1.0]]])
def test_points_must_be_a_finite_matrix(points):
    with pytest.raises(ValueError, match="points must be a matrix of finite coordinates"):
        nearest_neighbours(points, 1)
