"""A prediction with a Keras mask, and NumPy's value of a masked mean."""

import keras
import numpy as np

from tests.layers.compiled import compiled


class Masked(keras.layers.Layer):
    """Hands its input on with the mask it is given, as a task's head does."""

    def __init__(self):
        super().__init__()
        self.supports_masking = True

    def call(self, inputs, mask=None):
        return inputs * 1.0


def with_mask(predictions, mask):
    return Masked()(predictions, mask=keras.ops.convert_to_tensor(mask))


def call_masked(function, y_true, y_pred, mask, sample_weight=None):
    """What a loss or metric gives for a prediction with a Keras mask."""

    def call(y_true, y_pred, mask, sample_weight):
        return function(y_true, with_mask(y_pred, mask), sample_weight)

    return compiled(call, owner=function)(y_true, y_pred, mask, sample_weight)


def weighted_mean(values, weights):
    values = np.where(weights > 0, values, 0)
    return (values * weights).sum() / weights.sum()
