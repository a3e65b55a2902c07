"""The exact Gaussian error linear unit, also where a program is written for others to run."""

from keras import activations, ops

from keras_gt.ops._backend import native


def gelu(x):
    """x Phi(x), with Phi the normal distribution: what BERT computes.

    TensorFlow's own form uses the complementary error function, which ONNX does not have; an
    exported program uses the error function.

    Args:
        x: tensor of any shape.

    Returns:
        Tensor of the shape of x.

    Example:
        >>> round(float(gelu(ops.array(1.0))), 4)
        0.8413
    """
    if native("fast_paths_allowed")():
        return activations.gelu(x, approximate=False)
    return x * (1 + ops.erf(x * 0.5**0.5)) * 0.5
