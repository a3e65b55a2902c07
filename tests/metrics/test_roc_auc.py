import keras
import numpy as np
import pytest

from keras_gt.metrics import RocAuc
from tests.layers.compiled import compiled
from tests.losses.masked_example import call_masked


def by_pairs(labels, scores, weights=None):
    """The definition: the share of (positive, negative) pairs in order, a tie one half."""
    weights = np.ones(len(labels)) if weights is None else weights
    order = np.sign(scores[labels == 1][:, None] - scores[labels == 0][None, :]) / 2 + 0.5
    pairs = weights[labels == 1][:, None] * weights[labels == 0][None, :]
    return (order * pairs).sum() / pairs.sum()


CAPACITY = 60  # one shape for all tests: JAX compiles each anew


def random_example(seed, size=CAPACITY, levels=7):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, size)
    scores = (rng.integers(0, levels, size) + labels).astype("float32")  # many ties
    return labels, scores, rng.random(size).astype("float32")


def test_ties_and_weights_are_exact():
    labels, scores, weights = random_example(0)
    metric = RocAuc(capacity=CAPACITY)
    function = compiled(metric)
    found = float(function(labels, scores))
    assert found == pytest.approx(by_pairs(labels, scores), abs=1e-6)
    metric.reset_state()
    for part in (slice(0, 30), slice(30, 60)):
        found = float(function(labels[part], scores[part], weights[part]))
    assert found == pytest.approx(by_pairs(labels, scores, weights), abs=1e-6)


def test_extremes():
    metric = RocAuc(capacity=CAPACITY)
    function, labels = compiled(metric), np.arange(CAPACITY) % 2
    for scores, expected in ((labels, 1.0), (1 - labels, 0.0), (labels * 0, 0.5)):
        metric.reset_state()
        found = function(labels, scores.astype("float32"))
        assert float(found) == pytest.approx(expected, abs=1e-6)


def test_only_entries_that_count_take_room():
    labels, scores, _ = random_example(1)
    rng = np.random.default_rng(1)
    labels = np.where(rng.random(60) < 0.2, -1, labels).reshape(2, 30)
    mask, weights = rng.random((2, 30)) < 0.7, rng.random((2, 30)) < 0.7
    counts = mask & weights & (labels >= 0)
    metric = RocAuc(capacity=int(counts.sum()))
    scores = scores.reshape(2, 30)
    found = call_masked(metric, labels, np.where(counts, scores, np.nan), mask, weights)
    assert float(found) == pytest.approx(by_pairs(labels[counts], scores[counts]), abs=1e-6)


@pytest.mark.parametrize("wide", ["labels", "scores", "both", "classes", "labels and classes"])
def test_forms_of_one_task(wide):
    labels, scores, weights = (x.reshape(4, 15) for x in random_example(2))
    expected = by_pairs(labels.ravel(), scores.ravel(), weights.ravel())
    if wide in ("labels", "both", "labels and classes"):
        labels = labels[..., None]
    if wide in ("scores", "both"):
        scores = scores[..., None]
    if "classes" in wide:
        scores = np.stack([-scores, scores], axis=-1)
    found = compiled(RocAuc(capacity=CAPACITY))(labels, scores, weights)
    assert float(found) == pytest.approx(expected, abs=1e-6)


def test_tasks_with_both_classes_are_averaged():
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 2, (60, 3)).astype("float32")
    labels[rng.random(labels.shape) < 0.3] = np.nan
    labels[:, 1] = np.where(np.isnan(labels[:, 1]), np.nan, 1.0)  # no negative one
    scores = rng.normal(size=(60, 3)).astype("float32")
    found = compiled(RocAuc(capacity=CAPACITY, num_tasks=3))(labels, scores)
    areas = [by_pairs(labels[:, task], scores[:, task]) for task in (0, 2)]
    assert float(found) == pytest.approx(np.mean(areas), abs=1e-6)


def test_no_number_where_there_is_none():
    metric = RocAuc(capacity=3)
    function = compiled(metric)
    assert np.isnan(float(compiled(metric.result)()))
    assert np.isnan(float(function(np.array([1, 1]), np.array([0.1, 0.2]))))  # one class
    assert float(function(np.array([0]), np.array([0.15]))) == 0.5
    assert np.isnan(float(function(np.array([0]), np.array([0.15]))))  # over capacity
    metric.reset_state()
    found = function(np.array([0, 1]), np.array([np.nan, 0.5]))
    assert np.isnan(float(found))  # a score that is no number


def test_under_fit_and_evaluate():
    labels, scores, weights = random_example(4)
    metric = RocAuc(capacity=CAPACITY)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(metric))
    assert again.get_config() == metric.get_config()
    model = keras.Sequential([keras.Input((1,)), keras.layers.Identity()])
    model.compile(weighted_metrics=[again], loss="mse")
    data = (scores[:, None], labels, 30, 0, weights)
    for _ in range(2):  # the second run begins afresh
        result = model.evaluate(*data, return_dict=True)
        expected = by_pairs(labels, scores, weights)
        assert result["roc_auc"] == pytest.approx(expected, abs=1e-6)


def test_errors():
    with pytest.raises(ValueError, match="capacity must be positive"):
        RocAuc(capacity=0)
    with pytest.raises(ValueError, match="must have num_tasks columns"):
        RocAuc(num_tasks=3).update_state(np.zeros((4, 2)), np.zeros((4, 2)))
