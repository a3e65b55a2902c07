"""A layer under the active backend's compiler, where eager calls are slow (JAX) or the same."""

import keras


def compiled(layer):
    """The layer as a function that JAX compiles once for each shape; elsewhere the layer itself."""
    if keras.backend.backend() != "jax":
        return layer
    import jax

    return jax.jit(lambda *arguments, **named: layer(*arguments, **named))
