"""A layer under the active backend's compiler, where eager calls are slow (JAX) or the same."""

import keras


def compiled(layer):
    """The layer as a function that JAX compiles once for each shape; elsewhere the layer itself."""
    if keras.backend.backend() != "jax":
        return layer
    import jax

    return jax.jit(lambda *arguments, **named: layer(*arguments, **named))


def run(model, inputs):
    """What the model gives: JAX compiles it whole, TensorFlow does not trace it for one result."""
    call = model.predict_on_batch if keras.backend.backend() == "jax" else model
    return call(inputs)
