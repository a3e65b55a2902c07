import keras
import numpy as np

from keras_gt.layers import PairScore
from keras_gt.testing import assert_close
from tests.layers.compiled import compiled


def test_equals_numpy():
    rng = np.random.default_rng(0)
    nodes = rng.normal(size=(2, 7, 5)).astype("float32")
    pairs = rng.integers(0, 7, (2, 3, 2)).astype("int32")
    layer = PairScore(4)
    layer(keras.KerasTensor(pairs.shape, "int32"), keras.KerasTensor(nodes.shape))  # builds it
    layer.bias.assign([0.5])
    kernel = keras.ops.convert_to_numpy(layer.projection.kernel).astype("float64")
    h = nodes @ kernel
    expected = [[[h[b, i] @ h[b, j] / 2 + 0.5] for i, j in pairs[b]] for b in range(2)]
    assert_close(compiled(layer)(pairs, nodes), np.array(expected))
