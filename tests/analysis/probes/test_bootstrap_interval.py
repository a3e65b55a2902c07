import numpy as np
import pytest

from keras_gt.analysis.probes import bootstrap_interval


def test_the_interval_is_that_of_a_share_of_many():
    generator = np.random.default_rng(1)
    hits = generator.random(400) < 0.3
    low, high = bootstrap_interval(hits, np.ones(400))
    error = np.sqrt(hits.mean() * (1 - hits.mean()) / 400)
    np.testing.assert_allclose(
        [low, high], hits.mean() + 1.96 * error * np.array([-1, 1]), atol=5e-3
    )
    narrow = bootstrap_interval(hits, np.ones(400), level=0.5)
    assert low < narrow[0] < hits.mean() < narrow[1] < high
    assert bootstrap_interval(hits, np.ones(400)) == (low, high)


def test_sentences_are_drawn_whole():
    low, high = bootstrap_interval([9, 0], [9, 1])  # two sentences: all of one, one of each, ...
    assert (low, high) == (0.0, 1.0)
    assert bootstrap_interval([1, 0], [2, 0]) == (0.5, 0.5)  # the second has none
    with pytest.raises(ValueError, match="totals must not be all 0"):
        bootstrap_interval([0], [0])
