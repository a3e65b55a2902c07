import keras
import numpy as np

from keras_gt.layers import PositionalEncoding


def test_signs_flip_by_row_and_column_in_training_alone():
    layer = PositionalEncoding(7, random_sign=True, seed=2)
    layer.build((None, None, 7))
    layer.set_weights([np.eye(7), np.zeros(7), *layer.get_weights()[2:]])
    encoding = np.random.default_rng(0).normal(size=(29, 3, 7)).astype("float32")
    calm = keras.ops.convert_to_numpy(layer(encoding))
    assert np.allclose(calm, encoding, atol=1e-6)
    first, second = (
        keras.ops.convert_to_numpy(layer(encoding, training=True)) / encoding for _ in range(2)
    )
    for signs in (first, second):
        assert np.allclose(np.abs(signs), 1, atol=1e-5)
        assert np.ptp(signs, axis=1).max() < 1e-5  # one sign for all nodes of a row
        assert 0.3 < (signs > 0).mean() < 0.7
    assert 0.3 < (first[:, 0] * second[:, 0] > 0).mean() < 0.7
