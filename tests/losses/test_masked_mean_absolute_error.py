import numpy as np
import pytest

from keras_gt.losses import MaskedMeanAbsoluteError
from tests.losses.masked_example import weighted_mean, with_mask

RNG = np.random.default_rng(5)
PREDICTIONS = RNG.normal(size=(3, 7)).astype("float32")
TARGETS = RNG.normal(size=(3, 7)).astype("float32")
TARGETS[1, 2:4] = np.nan
MASK = RNG.random((3, 7)) < 0.7
WEIGHTS = RNG.random((3, 7)).astype("float32")


def test_equals_numpy():
    weights = WEIGHTS * MASK * ~np.isnan(TARGETS)
    expected = weighted_mean(np.abs(TARGETS - PREDICTIONS), weights)
    found = float(MaskedMeanAbsoluteError()(TARGETS, with_mask(PREDICTIONS, MASK), WEIGHTS))
    assert found == pytest.approx(expected, rel=1e-5)


def test_a_last_axis_of_one_may_be_left_out():
    loss = MaskedMeanAbsoluteError()
    expected = float(loss(TARGETS, with_mask(PREDICTIONS, MASK), WEIGHTS))
    wide = with_mask(PREDICTIONS[..., None], MASK)
    assert float(loss(TARGETS, wide, WEIGHTS)) == pytest.approx(expected, rel=1e-6)
    assert float(loss(TARGETS[..., None], wide, WEIGHTS)) == pytest.approx(expected, rel=1e-6)
