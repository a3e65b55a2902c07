"""JAX sums of messages that are made edge by edge, in chunks of edges, with their own gradients.

There are no masks here: the caller sends masked edges to a spare receiver.
"""

import functools

import jax
import jax.numpy as jnp
from jax import lax

from keras_gt.ops._backend.jax_attention import add_rows, by_platform, over_chunks, take


@functools.partial(jax.custom_vjp, nondiff_argnums=(3,))
def rectified_sum(value, pairs, plan, num_rows):
    """sum_e relu(value_j + pair_e): (S, D), (E, D) -> (R, D)."""

    def run(arrays, chunk):
        value, pairs, plan = arrays

        def step(total, first, senders, receivers, pairs):
            return add_rows(total, receivers, jax.nn.relu(take(value, senders) + pairs))

        total = jnp.zeros((num_rows, value.shape[1]), value.dtype)
        return over_chunks(step, total, plan, chunk, pairs)

    return by_platform(run, value.shape[1], pairs.shape[0], value, pairs, plan)


def _rectified_forward(value, pairs, plan, num_rows):
    return rectified_sum(value, pairs, plan, num_rows), (value, pairs, plan)


def _rectified_backward(num_rows, saved, gradient):
    def run(arrays, chunk):
        value, pairs, plan, gradient = arrays

        def step(carry, first, senders, receivers, pairs):
            d_value, d_pairs = carry
            message = take(value, senders) + pairs
            change = jnp.where(message > 0, take(gradient, receivers), 0)
            d_pairs = lax.dynamic_update_slice_in_dim(d_pairs, change, first, axis=0)
            return add_rows(d_value, senders, change), d_pairs

        start = (jnp.zeros_like(value), jnp.zeros_like(pairs))
        return over_chunks(step, start, plan, chunk, pairs)

    value, pairs, plan = saved
    arrays = (value, pairs, plan, gradient)
    d_value, d_pairs = by_platform(run, value.shape[1], pairs.shape[0], *arrays)
    return d_value, d_pairs, dict.fromkeys(plan)


rectified_sum.defvjp(_rectified_forward, _rectified_backward)
