import keras
import numpy as np

from keras_gt.ops.one_program import one_program
from tests.ops.backend_gradients import tensor_of


@one_program
def mean_above(x, limit):
    above = keras.ops.cast(x > limit, "float32")
    return keras.ops.sum(x * above) / keras.ops.sum(above)


def test_it_is_the_function_by_itself_and_within_a_model():
    x = np.arange(7, dtype="float32")
    assert float(mean_above(tensor_of(x), tensor_of(np.float32(2)))) == 4.5
    inner = keras.layers.Lambda(lambda x: x * mean_above(x, 2.0), output_shape=(7,))
    model = keras.Sequential([keras.Input((7,)), inner])
    np.testing.assert_allclose(model.predict_on_batch(x[None])[0], 4.5 * x)
