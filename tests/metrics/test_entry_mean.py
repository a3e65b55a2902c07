import keras
import numpy as np
import pytest

from keras_gt.losses import MaskedMeanAbsoluteError
from keras_gt.metrics import Accuracy, EntryMean, MeanAbsoluteError, RootMeanSquaredError
from tests.layers.compiled import compiled
from tests.losses.masked_example import call_masked

METRICS = [Accuracy(), MeanAbsoluteError(), RootMeanSquaredError()]


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_config_round_trip(metric):
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(metric))
    assert type(again) is type(metric)
    assert again.get_config() == metric.get_config()


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_without_an_entry_that_counts_the_result_is_zero(metric):
    metric.reset_state()
    assert float(metric.result()) == 0.0


def test_rows_of_any_length_count_alike():
    rng = np.random.default_rng(0)
    metric, ours, weights = MeanAbsoluteError(), [], []
    for length in (3, 31):
        targets = rng.normal(size=(2, length)).astype("float32") * length
        weight = (rng.random((2, length)) < 0.5).astype("float32")
        found = compiled(metric)(targets, np.zeros((2, length, 1), "float32"), weight)
        ours.append(np.abs(targets).ravel())
        weights.append(weight.ravel())
    expected = np.average(np.concatenate(ours), weights=np.concatenate(weights))
    assert float(found) == pytest.approx(expected, rel=1e-5)


def test_mask_weight_and_missing_targets_under_fit():
    rng = np.random.default_rng(1)
    features = rng.normal(size=(4, 7, 3)).astype("float32")
    mask = rng.random((4, 7)) < 0.6
    targets = rng.normal(size=(4, 7)).astype("float32")
    targets[0, :3] = np.nan
    weights = rng.random((4, 7)).astype("float32")
    inputs = {"features": keras.Input((7, 3), name="features")}
    inputs["mask"] = keras.Input((7,), dtype="bool", name="mask")
    outputs = Head()(inputs["features"], mask=inputs["mask"])
    model = keras.Model(inputs, outputs)
    metrics = [MeanAbsoluteError(), RootMeanSquaredError()]
    model.compile(loss=MaskedMeanAbsoluteError(), weighted_metrics=metrics)
    found = model.evaluate(
        {"features": features, "mask": mask}, targets, 4, 0, weights, return_dict=True
    )
    predictions = model.predict({"features": features, "mask": mask}, verbose=0)[..., 0]
    counts = mask & ~np.isnan(targets)
    errors = (predictions - targets)[counts]
    mean = np.average(np.abs(errors), weights=weights[counts])
    assert found["mean_absolute_error"] == pytest.approx(mean, rel=1e-5)
    root = np.sqrt(np.average(errors**2, weights=weights[counts]))
    assert found["root_mean_squared_error"] == pytest.approx(root, rel=1e-5)


class Head(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.supports_masking = True
        self.dense = keras.layers.Dense(1)

    def build(self, inputs_shape):
        self.dense.build(inputs_shape)

    def call(self, inputs, mask=None):
        return self.dense(inputs)


def test_a_subclass_must_say_what_an_entry_is_worth():
    with pytest.raises(NotImplementedError, match="EntryMean must have entry_values"):
        EntryMean().update_state(np.zeros((2,)), np.zeros((2,)))


def test_masked_predictions_do_not_count():
    metric = MeanAbsoluteError()
    predictions = np.array([[1.0, np.nan]], "float32")
    mask = np.array([[True, False]])
    assert float(call_masked(metric, np.zeros((1, 2)), predictions, mask)) == 1.0
