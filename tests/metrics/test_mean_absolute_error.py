import numpy as np
import pytest

from keras_gt.metrics import MeanAbsoluteError
from tests.layers.compiled import compiled

RNG = np.random.default_rng(2)
TARGETS, PREDICTIONS, WEIGHTS = RNG.random((3, 2, 7)).astype("float32")


def test_equals_numpy():
    found = compiled(MeanAbsoluteError())(TARGETS, PREDICTIONS, WEIGHTS)
    expected = np.average(np.abs(TARGETS - PREDICTIONS), weights=WEIGHTS)
    assert float(found) == pytest.approx(expected, rel=1e-5)


def test_several_targets_a_graph():
    targets = TARGETS.reshape(2, 7, 1) * np.array([1.0, np.nan, 1.0])
    predictions = PREDICTIONS.reshape(2, 7, 1) * np.ones(3)
    found = compiled(MeanAbsoluteError())(targets, predictions, WEIGHTS)
    expected = np.average(np.abs(TARGETS - PREDICTIONS), weights=WEIGHTS)
    assert float(found) == pytest.approx(expected, rel=1e-5)
