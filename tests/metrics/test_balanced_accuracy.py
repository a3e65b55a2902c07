import keras
import numpy as np
import pytest

from keras_gt.metrics import BalancedAccuracy
from tests.layers.compiled import compiled
from tests.losses.masked_example import call_masked


def test_equals_the_mean_of_recalls_over_all_batches():
    rng = np.random.default_rng(0)
    metric = BalancedAccuracy(num_classes=4)
    right, total = np.zeros(4), np.zeros(4)
    for length in (7, 29):
        labels = rng.choice([-1, 0, 1, 2], size=(3, length), p=[0.1, 0.6, 0.2, 0.1])
        scores = rng.normal(size=(3, length, 4)).astype("float32")
        mask, weights = rng.random((3, length)) < 0.7, rng.random((3, length))
        found = call_masked(metric, labels, scores, mask, weights)
        for label in range(4):
            counts = weights * mask * (labels == label)
            total[label] += counts.sum()
            right[label] += (counts * (scores.argmax(-1) == label)).sum()
    expected = (right[:3] / total[:3]).mean()  # nobody is of class 3
    assert float(found) == pytest.approx(expected, rel=1e-5)


def test_nothing_that_counts_gives_zero():
    metric = BalancedAccuracy(num_classes=2)
    assert float(compiled(metric)(np.full((1, 3), -1), np.zeros((1, 3, 2)))) == 0.0


def test_works_under_evaluate_and_keeps_its_config():
    metric = BalancedAccuracy(num_classes=3)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(metric))
    assert again.get_config() == metric.get_config()
    model = keras.Sequential([keras.Input((3,)), keras.layers.Identity()])
    model.compile(loss="sparse_categorical_crossentropy", weighted_metrics=[again])
    scores = np.eye(3, dtype="float32")[[0, 1, 1, 2, 0]]
    labels, weights = np.array([0, 1, 2, 2, 2]), np.array([1, 1, 1, 1, 0])
    result = model.evaluate(scores, labels, 5, 0, weights, return_dict=True)
    assert result["balanced_accuracy"] == pytest.approx((1 + 1 + 0.5) / 3)


def test_errors():
    with pytest.raises(ValueError, match="num_classes must be 2 or more"):
        BalancedAccuracy(num_classes=1)
    with pytest.raises(ValueError, match="y_pred must have num_classes columns"):
        BalancedAccuracy(num_classes=3).update_state(np.zeros((2,), int), np.zeros((2, 2)))
