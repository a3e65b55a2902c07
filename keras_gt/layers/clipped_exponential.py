"""Attention weights before the division by their sum, as several authors' codes make them."""

from keras_gt import ops as graph_ops

EPSILON = 1e-6  # added to the sum of the weights that divides them
_CLAMP = 5.0


def clipped_exponential(scores):
    """exp(clip(scores, -5, 5)), of the same shape and type: a softmax without its maximum."""
    return graph_ops.clipped_exponential(scores, _CLAMP)
