"""Batch norms in keras.ops alone."""

from keras import ops


def batch_norm(x, mask, scale, offset, epsilon):
    """`keras_gt.ops.batch_norm`; the mean and variance are those of the real rows."""
    count = ops.cast(ops.shape(x)[0], x.dtype)
    if mask is not None:
        mask = ops.expand_dims(mask, 1)
        count = ops.maximum(ops.sum(ops.cast(mask, x.dtype)), 1)
        x = ops.where(mask, x, ops.cast(0, x.dtype))
    mean = ops.sum(x, axis=0) / count
    centred = x - mean
    if mask is not None:
        centred = ops.where(mask, centred, ops.cast(0, x.dtype))
    variance = ops.sum(ops.square(centred), axis=0) / count
    result = centred * (scale * ops.rsqrt(variance + epsilon)) + offset
    if mask is not None:
        result = ops.where(mask, result, ops.cast(0, x.dtype))
    return result, mean, variance


def batch_norm_by(x, mean, variance, scale, offset, epsilon):
    """`keras_gt.ops.batch_norm_by`."""
    flat = ops.reshape(x, (-1, x.shape[-1]))
    result = ops.batch_normalization(flat, mean, variance, -1, offset, scale, epsilon)
    return ops.reshape(result, ops.shape(x))
