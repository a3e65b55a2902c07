import sys

import keras
import numpy as np
from scipy.stats import norm

from keras_gt.ops import gelu


def test_both_forms_are_x_times_the_normal_distribution(monkeypatch):
    x = np.linspace(-6, 6, 101, dtype="float32")
    expected = x * norm.cdf(x.astype("float64"))
    found = keras.ops.convert_to_numpy(gelu(keras.ops.convert_to_tensor(x)))
    assert np.abs(found - expected).max() < 1e-6
    monkeypatch.setattr(sys.modules[gelu.__module__], "native", lambda name: lambda: False)
    exported = keras.ops.convert_to_numpy(gelu(keras.ops.convert_to_tensor(x)))
    assert np.abs(exported - expected).max() < 1e-6
