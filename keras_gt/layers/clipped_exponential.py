"""Attention weights before the division by their sum, as several authors' codes make them."""

from keras import ops

EPSILON = 1e-6  # added to the sum of the weights that divides them
_CLAMP = 5.0


def clipped_exponential(scores):
    """exp(clip(scores, -5, 5)), of the same shape and type: a softmax without its maximum."""
    return ops.exp(ops.clip(scores, -_CLAMP, _CLAMP))
