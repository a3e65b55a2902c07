import functools

import keras
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.layers.direct_call import called_directly
from keras_gt.layers.graph_layer import in_type, weight_of

_sum_type = functools.cache(functools.partial(keras.backend.result_type, "float32"))


@keras.saving.register_keras_serializable(package="keras_gt")
@called_directly()
class MaskedBatchNormalization(keras.layers.BatchNormalization):
    """Keras' batch normalisation over the features of the real entries, several times faster.

    In training the statistics are those of the real entries, and the others come out as 0; else
    it is `keras.layers.BatchNormalization` to the letter, with its variables.

    Args:
        momentum: float, of the moving statistics.
        epsilon: float, added to the variance.
        **kwargs: `name`, `dtype`, `trainable` of `keras.layers.Layer`.

    Call arguments:
        inputs: (B, ..., D) float.
        training: bool or None.
        mask: (B, ...) bool, true for real entries, or None.

    Returns:
        (B, ..., D).

    Example:
        >>> import keras
        >>> import numpy as np
        >>> norm = MaskedBatchNormalization()
        >>> x = np.array([[[1.0], [3.0], [50.0]]], "float32")
        >>> y = norm(x, training=True, mask=np.array([[True, True, False]]))
        >>> keras.ops.convert_to_numpy(y).round(2).tolist()
        [[[-1.0], [1.0], [0.0]]]

    Reference:
        Ioffe and Szegedy, Batch Normalization, 2015, https://arxiv.org/abs/1502.03167,
        algorithms 1 and 2.
    """

    def __init__(self, momentum=0.9, epsilon=1e-5, **kwargs):
        super().__init__(momentum=momentum, epsilon=epsilon, **kwargs)

    def build(self, input_shape):
        super().build(input_shape)
        self.input_spec = keras.layers.InputSpec(min_ndim=2, axes={-1: input_shape[-1]})

    def call(self, inputs, training=None, mask=None):
        dtype = _sum_type(inputs.dtype)
        x = in_type(inputs, dtype)
        scale, offset = weight_of(self.gamma, dtype), weight_of(self.beta, dtype)
        if not (training and self.trainable):
            moments = weight_of(self.moving_mean, dtype), weight_of(self.moving_variance, dtype)
            result = graph_ops.batch_norm_by(x, *moments, scale, offset, self.epsilon)
            return in_type(result, self.compute_dtype)
        shape = ops.shape(x)
        x = graph_ops.reshape(x, (-1, shape[-1]))
        mask = None if mask is None else graph_ops.reshape(ops.cast(mask, "bool"), (-1,))
        result, mean, variance = graph_ops.batch_norm(x, mask, scale, offset, self.epsilon)
        for moving, new in ((self.moving_mean, mean), (self.moving_variance, variance)):
            value = moving.value
            moving.assign(value * self.momentum + in_type(new, moving.dtype) * (1 - self.momentum))
        return in_type(graph_ops.reshape(result, shape), self.compute_dtype)

    def get_config(self):
        config = super(keras.layers.BatchNormalization, self).get_config()
        return {**config, "momentum": self.momentum, "epsilon": self.epsilon}
