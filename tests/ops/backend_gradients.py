"""Values and gradients of a function of arrays, on whichever backend is active."""

import keras
import numpy as np
from keras import ops


def value_and_gradients(function, arrays, upstream, compiled=True):
    """Calls function(**arrays) and pulls `upstream` back to every array; all as NumPy.

    Returns the value and a dictionary of gradients by name. An array that the function's result
    does not depend on has gradient 0.
    """
    names = list(arrays)
    run = {"jax": _jax, "tensorflow": _tensorflow, "torch": _torch}[keras.backend.backend()]
    value, gradients = run(
        lambda *tensors: function(**dict(zip(names, tensors, strict=True))),
        [tensor_of(arrays[name]) for name in names],
        tensor_of(upstream),
        compiled,
    )
    return to_numpy(value), {
        name: np.zeros_like(arrays[name]) if gradient is None else to_numpy(gradient)
        for name, gradient in zip(names, gradients, strict=True)
    }


def tensor_of(array):
    """The array as a tensor; JAX compiles a program for each shape where the type is not given."""
    return ops.convert_to_tensor(array, dtype=keras.backend.standardize_dtype(array.dtype))


def to_numpy(tensor):
    """A tensor as a NumPy array; half types as float32."""
    if keras.backend.standardize_dtype(tensor.dtype) in ("bfloat16", "float16"):
        tensor = ops.cast(tensor, "float32")
    return ops.convert_to_numpy(tensor)


def _jax(function, tensors, upstream, compiled):
    import jax

    def pulled(tensors, upstream):
        value, pull = jax.vjp(function, *tensors)
        return value, pull(upstream)

    return (jax.jit(pulled) if compiled else pulled)(tensors, upstream)


def _tensorflow(function, tensors, upstream, compiled):
    import tensorflow as tf

    def pulled(tensors, upstream):
        with tf.GradientTape() as tape:
            for tensor in tensors:
                tape.watch(tensor)
            value = function(*tensors)
        return value, tape.gradient(value, tensors, output_gradients=upstream)

    if not compiled:
        return pulled(tensors, upstream)
    open_shape = [tf.TensorSpec((None, *t.shape[1:]), t.dtype) for t in (*tensors, upstream)]
    traced = tf.function(pulled, input_signature=[open_shape[:-1], open_shape[-1]])
    return traced(tensors, upstream)


def _torch(function, tensors, upstream, compiled):
    import torch

    tensors = [tensor.detach().clone().requires_grad_(True) for tensor in tensors]
    value = function(*tensors)
    gradients = torch.autograd.grad(value, tensors, upstream, allow_unused=True)
    return value.detach(), gradients
