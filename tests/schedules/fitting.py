"""What `fit` makes of a schedule: a weight whose gradient is always 1."""

import keras
import numpy as np


class _Steps(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.values = [0.0]

    def on_train_batch_end(self, batch, logs=None):
        (weight,) = self.model.get_weights()
        self.values.append(float(-weight[0, 0]))


def first_updates(schedule, count):
    """The sizes of the first updates of plain gradient descent in `fit`."""
    dense = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((1,)), dense])
    optimizer = keras.optimizers.SGD(schedule)
    model.compile(optimizer, loss=lambda labels, outputs: keras.ops.mean(outputs))
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(optimizer))
    assert again.get_config() == optimizer.get_config()
    steps = _Steps()
    ones = np.ones((count, 1), "float32")
    model.fit(ones, ones, batch_size=1, shuffle=False, callbacks=[steps], verbose=0)
    return np.diff(steps.values)
