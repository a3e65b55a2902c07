"""JAX sums of messages that are made edge by edge, in chunks of edges, with their own gradients.

There are no masks here: the caller sends masked edges to a spare receiver.
"""

import functools

import jax
import jax.numpy as jnp
from jax import lax

from keras_gt.ops._backend.jax_attention import (
    add_rows,
    by_platform,
    chunk_of,
    over_chunks,
    replaced,
    take,
)


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

        def step(carry, first, senders, receivers):
            d_value, pairs = carry  # of the chunks before this one the gradient stands there
            message = take(value, senders) + chunk_of(pairs, first, senders)
            change = jnp.where(message > 0, take(gradient, receivers), 0)
            pairs, change = replaced(pairs, change, first)
            return add_rows(d_value, senders, change), pairs

        return over_chunks(step, (jnp.zeros_like(value), pairs), plan, chunk)

    value, pairs, plan = saved
    arrays = (value, pairs, plan, gradient)
    d_value, d_pairs = by_platform(run, value.shape[1], pairs.shape[0], *arrays)
    return d_value, d_pairs, dict.fromkeys(plan)


rectified_sum.defvjp(_rectified_forward, _rectified_backward)


_HUGE = 1e30  # stands for infinity


def _messages(value, senders, pairs=None):
    """value_j + pair_e of a chunk's edges."""
    message = take(value, senders)
    return lax.optimization_barrier(message if pairs is None else message + pairs)


def _over_messages(step, carry, value, pairs, plan, chunk):
    """carry = step(carry, first edge, senders, receivers, value_j + pair_e) for each chunk."""

    def with_message(carry, first, senders, receivers, *pairs):
        return step(carry, first, senders, receivers, _messages(value, senders, *pairs))

    per_edge = () if pairs is None else (pairs,)
    return over_chunks(with_message, carry, plan, chunk, *per_edge)


@functools.partial(jax.custom_vjp, nondiff_argnums=(3,))
def statistics(value, pairs, plan, num_rows):
    """(mean, max, min, variance) over each receiver's messages value_j + pair_e: (R, D) each."""
    return _statistics_forward(value, pairs, plan, num_rows)[0]


def _statistics_forward(value, pairs, plan, num_rows):
    count = jnp.zeros((num_rows, 1), value.dtype)
    count = add_rows(count, plan["receivers"], jnp.ones((plan["receivers"].size, 1), value.dtype))
    inverse = 1 / jnp.maximum(count, 1)  # 1 / d_i, (R, 1)
    zeros = jnp.zeros((num_rows, value.shape[1]), value.dtype)

    def run(arrays, chunk):
        value, pairs, plan, inverse = arrays

        def first_step(carry, first, senders, receivers, message):
            total, top, bottom = carry
            top = top.at[receivers].max(message, mode="promise_in_bounds")
            bottom = bottom.at[receivers].min(message, mode="promise_in_bounds")
            return add_rows(total, receivers, message), top, bottom

        carry = (zeros, zeros - _HUGE, zeros + _HUGE)
        total, top, bottom = _over_messages(first_step, carry, value, pairs, plan, chunk)
        mean = total * inverse

        def second_step(squares, first, senders, receivers, message):
            return add_rows(squares, receivers, jnp.square(message - take(mean, receivers)))

        squares = _over_messages(second_step, zeros, value, pairs, plan, chunk)
        return mean, top, bottom, squares * inverse

    arrays = (value, pairs, plan, inverse)
    mean, top, bottom, variance = by_platform(run, value.shape[1], plan["senders"].size, *arrays)
    top, bottom = jnp.where(count > 0, top, 0), jnp.where(count > 0, bottom, 0)
    return (mean, top, bottom, variance), (value, pairs, plan, inverse, mean, top, bottom)


def _statistics_backward(num_rows, saved, gradients):
    value, pairs, plan, inverse, mean, top, bottom = saved
    d_mean, d_top, d_bottom, d_variance = gradients
    d_mean, d_variance = d_mean * inverse, d_variance * (2 * inverse)

    def run(arrays, chunk):
        value, pairs, plan, mean, top, bottom, d_mean, d_top, d_bottom, d_variance = arrays
        zeros = jnp.zeros((num_rows, value.shape[1]), value.dtype)

        def reached(message, extreme, receivers):
            return message == take(extreme, receivers)

        def count(counts, first, senders, receivers, message):
            return tuple(
                add_rows(total, receivers, reached(message, extreme, receivers).astype(total.dtype))
                for total, extreme in zip(counts, (top, bottom), strict=True)
            )

        # ties share the gradient of an extreme
        counts = _over_messages(count, (zeros, zeros), value, pairs, plan, chunk)
        shares = [d / jnp.maximum(n, 1) for d, n in zip((d_top, d_bottom), counts, strict=True)]

        def step(carry, first, senders, receivers):
            d_value, pairs = carry  # of the chunks before this one the gradient stands there
            part = () if pairs is None else (chunk_of(pairs, first, senders),)
            message = _messages(value, senders, *part)
            change = take(d_mean, receivers)
            change += (message - take(mean, receivers)) * take(d_variance, receivers)
            for extreme, share in zip((top, bottom), shares, strict=True):
                change += jnp.where(reached(message, extreme, receivers), take(share, receivers), 0)
            if pairs is not None:
                pairs, change = replaced(pairs, change, first)
            return add_rows(d_value, senders, change), pairs

        return over_chunks(step, (jnp.zeros_like(value), pairs), plan, chunk)

    arrays = (value, pairs, plan, mean, top, bottom, d_mean, d_top, d_bottom, d_variance)
    d_value, d_pairs = by_platform(run, value.shape[1], plan["senders"].size, *arrays)
    return d_value, d_pairs, dict.fromkeys(plan)


statistics.defvjp(_statistics_forward, _statistics_backward)
