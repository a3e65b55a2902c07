import numpy as np
import pytest

from keras_gt.graph.builders import hash_buckets, lsh_buckets

FEATURES = np.random.default_rng(4).normal(size=(53, 5))


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(("num_buckets", "num_rounds"), [(1, 1), (2, 1), (8, 1), (14, 3)])
def test_edges_join_those_that_share_a_bucket(num_buckets, num_rounds, causal):
    senders, receivers = lsh_buckets(FEATURES, num_buckets, num_rounds, causal=causal, seed=2)
    buckets = hash_buckets(FEATURES, num_buckets, num_rounds, seed=2)
    assert buckets.shape == (num_rounds, 53) and buckets.max() < num_buckets
    expected = (buckets[:, :, None] == buckets[:, None]).any(axis=0)  # [receiver, sender]
    expected = np.tril(expected, -1) if causal else expected & ~np.eye(53, dtype=bool)
    expected[~expected.any(axis=1), ~expected.any(axis=1)] = True  # those alone read themselves
    assert senders.dtype == receivers.dtype == np.int32
    np.testing.assert_array_equal(np.stack([receivers, senders]), np.nonzero(expected))


def test_buckets_are_the_nearest_directions():
    angles = np.linspace(0.1, 2 * np.pi, 31)
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1) * np.arange(1, 32)[:, None]
    directions = np.array([[1.0, 0], [0, 1], [-1, 0], [0, -1]])  # R, then -R
    rotations = directions[:2].T[:, None]
    expected = np.argmax(points @ directions.T, axis=1)
    np.testing.assert_array_equal(hash_buckets(points, 4, rotations=rotations)[0], expected)


def test_rounds_and_seeds_differ():
    first, second = hash_buckets(FEATURES, 8, 2)
    assert (first != second).any()
    assert (hash_buckets(FEATURES, 8, 2, seed=1)[0] != first).any()


def test_errors():
    with pytest.raises(ValueError, match="num_buckets must be 1 or even.*num_buckets=3"):
        lsh_buckets(FEATURES, 3)
    with pytest.raises(ValueError, match="num_buckets must be at least 1. Received: num_buckets=0"):
        lsh_buckets(FEATURES, 0)
    with pytest.raises(ValueError, match="num_rounds must be at least 1"):
        lsh_buckets(FEATURES, 2, 0)
    with pytest.raises(ValueError, match=r"rotations must have the shape \(5, 1, 2\).*\(5, 2\)"):
        lsh_buckets(FEATURES, 4, rotations=np.ones((5, 2)))
    for features in (FEATURES[0], FEATURES * np.nan):
        with pytest.raises(ValueError, match="features must be a matrix of finite numbers"):
            hash_buckets(features, 2)
