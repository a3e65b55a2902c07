import numpy as np
import pytest

from keras_gt.losses import MaskedBinaryCrossentropy
from tests.layers.compiled import compiled
from tests.losses.masked_example import call_masked, weighted_mean

RNG = np.random.default_rng(3)
LOGITS = RNG.normal(size=(2, 5, 3)).astype("float32")
TARGETS = RNG.integers(0, 2, size=(2, 5, 3)).astype("float32")
TARGETS[RNG.random(TARGETS.shape) < 0.3] = np.nan
MASK = np.array([[True] * 5, [True, True, False, False, False]])
WEIGHTS = RNG.random((2, 5)).astype("float32")


def crossentropies():
    logits = LOGITS.astype("float64")
    positive = logits * np.nan_to_num(TARGETS)
    return np.log1p(np.exp(-np.abs(logits))) + np.maximum(logits, 0) - positive


@pytest.mark.parametrize("from_logits", [True, False])
def test_equals_numpy(from_logits):
    predictions = LOGITS if from_logits else 1 / (1 + np.exp(-LOGITS))
    loss = MaskedBinaryCrossentropy(from_logits=from_logits)
    weights = ~np.isnan(TARGETS) * (MASK * WEIGHTS)[..., None]
    found = float(call_masked(loss, TARGETS, predictions, MASK, WEIGHTS))
    assert found == pytest.approx(weighted_mean(crossentropies(), weights), rel=1e-5)


def test_mean_is_over_known_entries_not_over_graphs():
    known = ~np.isnan(TARGETS)
    found = float(compiled(MaskedBinaryCrossentropy(from_logits=True))(TARGETS, LOGITS))
    assert found == pytest.approx(crossentropies()[known].mean(), rel=1e-5)
    a_graph = np.array([crossentropies()[i][known[i]].mean() for i in range(2)])
    assert abs(found - a_graph.mean()) > 1e-3


def test_bool_weights_equal_float_weights():
    loss = compiled(MaskedBinaryCrossentropy(from_logits=True))
    chosen = WEIGHTS > 0.5
    assert float(loss(TARGETS, LOGITS, chosen)) == float(
        loss(TARGETS, LOGITS, chosen.astype("float32"))
    )
