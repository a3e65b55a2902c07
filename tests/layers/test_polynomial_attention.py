"""Where beta begins, and what is refused."""

import keras
import numpy as np
import pytest

from keras_gt.layers import PolynomialAttention
from tests.layers.examples import UNPACKED


def test_beta_begins_where_it_is_told_to():
    for beta, kind in ((0.25, np.full(6, 0.25)), (None, None)):
        layer = PolynomialAttention(2, 3, beta=beta)
        layer.build((2, 11, 5))
        weight = keras.ops.convert_to_numpy(layer.beta_weight)
        assert layer.beta_weight.trainable
        if kind is None:
            assert np.ptp(weight) > 0 and np.abs(weight).max() < 2  # logits about 0
        else:
            np.testing.assert_allclose(weight, kind)


def test_unfit_arguments_are_refused():
    with pytest.raises(ValueError, match="beta must be in"):
        PolynomialAttention(2, 3, beta=2.0)
    with pytest.raises(ValueError, match="head_dim must be a positive integer"):
        PolynomialAttention(2, 0)
    with pytest.raises(ValueError, match="graph_mask must be given with graph_ids"):
        PolynomialAttention(2, 3)(**UNPACKED, graph_ids=np.zeros((2, 11), "int32"))
