"""A layer under the active backend's compiler, where eager calls are slow (JAX) or the same."""

import functools

import keras


def compiled(layer, **fixed):
    """The layer as a function that JAX compiles once for each shape; elsewhere op by op.

    Args:
        layer: layer, model or function of tensors.
        **fixed: arguments that are no tensors, such as `return_attention_scores=True`.
    """
    function = functools.partial(layer, **fixed)
    if keras.backend.backend() != "jax":
        return function
    import jax

    return jax.jit(function)


def run(model, inputs):
    """What the model gives: JAX compiles it whole, TensorFlow does not trace it for one result."""
    call = model.predict_on_batch if keras.backend.backend() == "jax" else model
    return call(inputs)
