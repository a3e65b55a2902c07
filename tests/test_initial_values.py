"""Tests start from the numbers that Keras draws."""

import keras
import pytest

from keras_gt.testing import assert_close
from tests.layers.compiled import compiled


@pytest.mark.parametrize("name", ["normal", "truncated_normal", "uniform"])
@pytest.mark.parametrize("shape", [(), (5, 3), (300, 2, 1)])
def test_numbers_are_those_of_a_program_of_their_own(name, shape):
    draw = getattr(keras.random, name)
    alone = compiled(lambda: draw(shape, seed=7))()
    assert alone.shape == shape
    assert_close(draw(shape, seed=7), alone, tolerance=1e-6)
