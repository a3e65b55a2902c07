import keras
import numpy as np
import pytest

from keras_gt.layers import SparseDense
from keras_gt.testing import assert_close
from tests.layers.compiled import compiled

RNG = np.random.default_rng(5)
IDS = np.where(RNG.random((2, 7, 5)) < 0.7, RNG.integers(0, 13, (2, 7, 5)), -1).astype("int32")
VALUES = RNG.normal(size=IDS.shape).astype("float32")


@pytest.mark.parametrize("values", [None, VALUES], ids=["ones", "values"])
def test_equals_the_dense_layer_on_the_wide_matrix(values):
    keras.utils.set_random_seed(0)
    layer = SparseDense(13, 3)
    layer.build(IDS.shape)
    layer.bias.assign([1.0, 2.0, 3.0])
    wide = np.zeros((2, 7, 13))
    for index in np.ndindex(*IDS.shape):
        if IDS[index] >= 0:
            wide[index[0], index[1], IDS[index]] += 1 if values is None else values[index]
    kernel = keras.ops.convert_to_numpy(layer.kernel).astype("float64")
    assert_close(compiled(layer)(IDS, values), wide @ kernel + [1, 2, 3])


def test_dropout_falls_on_stored_values():
    layer = SparseDense(13, 13, use_bias=False, dropout=0.5, seed=1)
    layer.build(IDS.shape)
    layer.kernel.assign(np.eye(13))
    ids = np.arange(13, dtype="int32")[None, None]
    found = keras.ops.convert_to_numpy(compiled(layer, training=True)(ids))[0, 0]
    assert set(np.round(found, 5)) == {0.0, 2.0}


def test_errors():
    with pytest.raises(ValueError, match="vocabulary_size must be a positive integer"):
        SparseDense(0, 3)
    with pytest.raises(ValueError, match=r"dropout must be in \[0, 1\)"):
        SparseDense(3, 3, dropout=-0.1)
