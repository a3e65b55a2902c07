import keras
import numpy as np
import pytest

from keras_gt.losses import BalancedCrossentropy
from tests.layers.compiled import compiled
from tests.losses.masked_example import call_masked

RNG = np.random.default_rng(7)
LOGITS = RNG.normal(size=(2, 11, 3)).astype("float32")
LABELS = RNG.choice(3, size=(2, 11), p=[0.7, 0.2, 0.1])
MASK = RNG.random((2, 11)) < 0.8


def expected(labels, logits):
    """The benchmark's own loss: class weights (n - n_k) / n, weighted mean of crossentropies."""
    counts = np.bincount(labels, minlength=3)
    balance = (len(labels) - counts) / len(labels) * (counts > 0)
    logits = logits.astype("float64")
    normalised = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    losses = -normalised[np.arange(len(labels)), labels]
    return (losses * balance[labels]).sum() / balance[labels].sum()


def test_equals_the_benchmark():
    found = float(compiled(BalancedCrossentropy(from_logits=True))(LABELS, LOGITS))
    assert found == pytest.approx(expected(LABELS.ravel(), LOGITS.reshape(-1, 3)), rel=1e-5)


def test_only_real_nodes_are_counted():
    junk = np.where(MASK[..., None], LOGITS, np.nan).astype("float32")
    loss = BalancedCrossentropy(from_logits=True)
    value = expected(LABELS[MASK], LOGITS[MASK])
    assert float(call_masked(loss, LABELS, junk, MASK)) == pytest.approx(value, rel=1e-5)
    assert float(compiled(loss)(LABELS, junk, MASK)) == pytest.approx(value, rel=1e-5)
    missing = np.where(MASK, LABELS, -1)
    assert float(compiled(loss)(missing, junk)) == pytest.approx(value, rel=1e-5)


def test_one_class_or_none_gives_zero():
    loss = compiled(BalancedCrossentropy(from_logits=True))
    assert float(loss(np.zeros((2, 11), int), LOGITS)) == 0.0
    assert float(loss(LABELS, LOGITS, np.zeros((2, 11)))) == 0.0


def test_probabilities_and_logits_agree():
    probabilities = np.exp(LOGITS) / np.exp(LOGITS).sum(-1, keepdims=True)
    found = float(compiled(BalancedCrossentropy())(LABELS, probabilities))
    expected = float(compiled(BalancedCrossentropy(True))(LABELS, LOGITS))
    assert found == pytest.approx(expected, rel=1e-5)


def test_trains_and_keeps_its_config():
    loss = BalancedCrossentropy(from_logits=True)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert again.get_config() == loss.get_config()
    model = keras.Sequential([keras.Input((11, 3)), keras.layers.Dense(3)])
    model.compile(keras.optimizers.SGD(0.5), again)
    losses = model.fit(LOGITS, LABELS, epochs=5, batch_size=2, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_labels_must_be_integers_of_classes():
    with pytest.raises(ValueError, match="y_pred must have one axis more than y_true"):
        BalancedCrossentropy()(np.zeros((2, 11, 3)), LOGITS)
