import numpy as np
import pytest

from keras_gt.losses import MaskedMeanAbsoluteError
from tests.losses.masked_example import call_masked, weighted_mean

RNG = np.random.default_rng(5)
PREDICTIONS = RNG.normal(size=(3, 7)).astype("float32")
TARGETS = RNG.normal(size=(3, 7)).astype("float32")
TARGETS[1, 2:4] = np.nan
MASK = RNG.random((3, 7)) < 0.7
WEIGHTS = RNG.random((3, 7)).astype("float32")


def test_equals_numpy():
    weights = WEIGHTS * MASK * ~np.isnan(TARGETS)
    expected = weighted_mean(np.abs(TARGETS - PREDICTIONS), weights)
    found = call_masked(MaskedMeanAbsoluteError(), TARGETS, PREDICTIONS, MASK, WEIGHTS)
    assert float(found) == pytest.approx(expected, rel=1e-5)


def test_a_last_axis_of_one_may_be_left_out():
    loss = MaskedMeanAbsoluteError()
    expected = float(call_masked(loss, TARGETS, PREDICTIONS, MASK, WEIGHTS))
    for targets in (TARGETS, TARGETS[..., None]):
        found = call_masked(loss, targets, PREDICTIONS[..., None], MASK, WEIGHTS)
        assert float(found) == pytest.approx(expected, rel=1e-6)
