import keras
import numpy as np
import pytest

from keras_gt.losses import (
    MaskedBinaryCrossentropy,
    MaskedLoss,
    MaskedMeanAbsoluteError,
    MaskedMeanSquaredError,
)
from tests.layers.compiled import compiled
from tests.losses.masked_example import call_masked

LOSSES = [MaskedBinaryCrossentropy(), MaskedMeanAbsoluteError(), MaskedMeanSquaredError()]


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_nothing_that_counts_gives_zero(loss):
    targets, predictions = np.full((2, 3), np.nan, "float32"), np.full((2, 3), 0.5, "float32")
    function = compiled(loss)
    assert float(function(targets, predictions)) == 0.0
    assert float(function(np.ones((2, 3)), predictions, np.zeros((2,)))) == 0.0


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_junk_under_mask_and_weight_does_not_count(loss):
    targets, predictions = np.ones((2, 3), "float32"), np.full((2, 3), 0.25, "float32")
    expected = float(compiled(loss)(targets, predictions))
    predictions[0, 2], predictions[1, 1], targets[0, 0] = np.nan, np.inf, np.nan
    mask = np.array([[True, True, False], [True, True, True]])
    weights = np.array([[1, 1, 1], [1, 0, 1]], "float32")
    found = call_masked(loss, targets, predictions, mask, weights)
    assert float(found) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_config_round_trip(loss):
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert type(again) is type(loss)
    assert again.get_config() == loss.get_config()
    assert keras.losses.get(keras.losses.serialize(loss)).get_config() == loss.get_config()


def test_training_ignores_missing_targets_and_stays_finite():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(16, 5)).astype("float32")
    targets = (features[:, :3] > 0).astype("float32")
    targets[rng.random(targets.shape) < 0.4] = np.nan
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3)])
    model.compile(keras.optimizers.SGD(1.0), MaskedBinaryCrossentropy(from_logits=True))
    losses = model.fit(features, targets, epochs=8, batch_size=16, verbose=0).history["loss"]
    assert np.isfinite(losses).all()
    assert losses[-1] < 0.8 * losses[0]
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


def test_shapes_must_agree():
    with pytest.raises(ValueError, match="y_true must have the shape of y_pred"):
        MaskedMeanAbsoluteError()(np.zeros((2, 3)), np.zeros((2, 4)))
    with pytest.raises(ValueError, match="sample_weight must have no more axes"):
        MaskedMeanAbsoluteError()(np.zeros((2, 3)), np.zeros((2, 3)), np.ones((2, 3, 4)))


def test_a_subclass_must_say_what_an_entry_costs():
    with pytest.raises(NotImplementedError, match="MaskedLoss must have entry_losses"):
        MaskedLoss()(np.zeros((2,)), np.zeros((2,)))
