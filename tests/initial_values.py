"""Initial values on JAX from a few programs: otherwise every shape of a weight has its own."""

import functools
import math

import jax
import keras
import numpy as np


def draw_in_few_sizes():
    """Replaces Keras' draws on JAX by the same numbers, drawn as the start of a longer vector."""
    for name in ("normal", "truncated_normal", "uniform"):
        setattr(keras.src.backend.random, name, _few_sizes(getattr(keras.src.backend.random, name)))


def _few_sizes(draw):
    @functools.wraps(draw)
    def call(shape, *arguments, **options):
        if isinstance(jax.numpy.zeros(()), jax.core.Tracer):
            return draw(shape, *arguments, **options)  # part of a larger program
        size = math.prod(shape)
        longer = 4 ** max(4, math.ceil(math.log(max(size, 1), 4)))
        values = np.asarray(draw((longer,), *arguments, **options))  # each is of its index alone
        return jax.device_put(values[:size].reshape(shape))

    return call
