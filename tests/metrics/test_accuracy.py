import numpy as np
import pytest

from keras_gt.metrics import Accuracy
from tests.layers.compiled import compiled
from tests.losses.masked_example import call_masked


def test_equals_numpy():
    rng = np.random.default_rng(0)
    metric, right, total = Accuracy(), 0.0, 0.0
    for length in (5, 13):
        labels = rng.integers(-1, 3, size=(2, length))
        scores = rng.normal(size=(2, length, 3)).astype("float32")
        mask, weights = rng.random((2, length)) < 0.7, rng.random((2, length))
        found = call_masked(metric, labels, scores, mask, weights)
        counts = weights * mask * (labels >= 0)
        right += (counts * (scores.argmax(-1) == labels)).sum()
        total += counts.sum()
    assert float(found) == pytest.approx(right / total, rel=1e-5)


def test_labels_may_have_a_last_axis_of_one():
    scores = np.array([[0.1, 0.9], [0.2, 0.8]])
    assert float(compiled(Accuracy())(np.array([[1], [0]]), scores)) == 0.5


def test_scores_must_have_the_classes():
    with pytest.raises(ValueError, match="y_pred must have one axis more than y_true"):
        Accuracy().update_state(np.zeros((2, 3)), np.zeros((2, 3)))
