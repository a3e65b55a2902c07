"""The clipped exponential against NumPy, forward and backward."""

import numpy as np
import pytest

from keras_gt import ops as graph_ops
from tests.ops.backend_gradients import value_and_gradients

LIMIT = 2.0


@pytest.mark.parametrize("shape", [(3, 7), (2, 0, 3), (2, 3, 4, 5)])
def test_values_and_gradients(shape):
    generator = np.random.default_rng(0)
    x, upstream = generator.normal(scale=3, size=(2, *shape)).astype("float32")
    value, gradients = value_and_gradients(
        lambda x: graph_ops.clipped_exponential(x, LIMIT), {"x": x}, upstream
    )
    expected = np.exp(np.clip(x, -LIMIT, LIMIT))
    np.testing.assert_allclose(value, expected, rtol=1e-5)
    inside = np.abs(x) < LIMIT
    np.testing.assert_allclose(gradients["x"], upstream * expected * inside, rtol=1e-5)
    assert not x.size or (inside.any() and not inside.all())
