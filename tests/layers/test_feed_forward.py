from math import erf, pi

import keras
import numpy as np
import pytest

from keras_gt.layers import FeedForward
from keras_gt.testing import assert_close
from tests.layers.compiled import compiled


def test_batch_statistics_are_those_of_the_real_nodes():
    rng = np.random.default_rng(0)
    nodes = rng.normal(size=(2, 7, 5)).astype("float32")
    mask = rng.random((2, 7)) < 0.6
    layer = FeedForward(3, activation="relu", normalization="batch")
    junk = np.where(mask[..., None], nodes, 1e3).astype("float32")
    found = keras.ops.convert_to_numpy(compiled(layer, training=True)(junk, mask=mask))
    expand, contract = (
        [keras.ops.convert_to_numpy(weight) for weight in dense.weights]
        for dense in (layer.expand, layer.contract)
    )
    hidden = nodes[mask].astype("float64") @ expand[0] + expand[1]
    hidden = (hidden - hidden.mean(axis=0)) / np.sqrt(hidden.var(axis=0) + 1e-5)
    expected = np.maximum(hidden, 0) @ contract[0] + contract[1]
    assert_close(found[mask], expected, 1e-4)
    mean = keras.ops.convert_to_numpy(layer.norm.moving_mean)
    raw = nodes[mask].astype("float64") @ expand[0] + expand[1]
    assert_close(mean, 0.1 * raw.mean(axis=0), 1e-4)  # momentum 0.9


@pytest.mark.parametrize("name", ["relu", "elu", "gelu", "gelu_tanh"])
def test_activations(name):
    x = np.linspace(-3, 3, 13).reshape(1, 13, 1).astype("float32")
    layer = FeedForward(1, activation=name)
    layer.build((None, None, 1))
    layer.set_weights([np.ones((1, 1)), np.zeros(1), np.ones((1, 1)), np.zeros(1)])
    found = keras.ops.convert_to_numpy(compiled(layer)(x))[0, :, 0]
    z = x[0, :, 0].astype("float64")
    expected = {
        "relu": np.maximum(z, 0),
        "elu": np.where(z > 0, z, np.expm1(z)),
        "gelu": z * 0.5 * (1 + np.array([erf(value / 2**0.5) for value in z])),
        "gelu_tanh": z * 0.5 * (1 + np.tanh((2 / pi) ** 0.5 * (z + 0.044715 * z**3))),
    }[name]
    assert_close(found, expected, 1e-6)


def test_errors():
    with pytest.raises(ValueError, match="activation must be one of"):
        FeedForward(3, activation="swish")
    with pytest.raises(ValueError, match="intermediate_dim must be a positive integer"):
        FeedForward(0)
    with pytest.raises(ValueError, match="normalization must be one of"):
        FeedForward(3, normalization="group")
