"""The exponential of a clipped value, with a gradient of its own."""

from keras_gt.ops._backend import generic, native


def clipped_exponential(x, limit):
    """exp(clip(x, -limit, limit)); where x is clipped its gradient is 0.

    Args:
        x: tensor of any shape.
        limit: float, above 0.

    Returns:
        Tensor of the shape and type of x.

    Example:
        >>> from keras import ops
        >>> values = clipped_exponential(ops.array([0.0, 9.0]), 1.0)
        >>> ops.convert_to_numpy(values).round(3).tolist()
        [1.0, 2.718]
    """
    if native("fast_paths_allowed")():
        return native("clipped_exponential")(x, limit)
    return generic.clipped_exponential(x, limit)
