"""A prediction with a Keras mask, and NumPy's value of a masked mean."""

import keras
import numpy as np


class Masked(keras.layers.Layer):
    """Hands its input on with the mask it is given, as a task's head does."""

    def __init__(self):
        super().__init__()
        self.supports_masking = True

    def call(self, inputs, mask=None):
        return inputs * 1.0


def with_mask(predictions, mask):
    return Masked()(predictions, mask=keras.ops.convert_to_tensor(mask))


def weighted_mean(values, weights):
    values = np.where(weights > 0, values, 0)
    return (values * weights).sum() / weights.sum()
