"""JAX sums of messages that are made edge by edge, in chunks of edges, with their own gradients.

There are no masks here: the caller sends masked edges to a spare receiver.
"""

import functools

import jax
import jax.numpy as jnp
from jax import lax

from keras_gt.ops._backend.jax_attention import (
    AT_ONCE,
    add_rows,
    by_platform,
    chunk_of,
    no_gradient,
    over_chunks,
    replaced,
    take,
    zeros,
)


@functools.partial(jax.custom_vjp, nondiff_argnums=(3,))
def rectified_sum(value, pairs, plan, num_rows):
    """sum_e relu(value_j + pair_e): (S, D), (E, D) -> (R, D)."""

    def run(arrays, chunk):
        value, pairs, plan = arrays

        def step(total, first, senders, receivers, pairs):
            return add_rows(total, receivers, jax.nn.relu(take(value, senders) + pairs))

        total = zeros((num_rows, value.shape[1]), value)
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

        return over_chunks(step, (zeros(value.shape, gradient), pairs), plan, chunk)

    value, pairs, plan = saved
    arrays = (value, pairs, plan, gradient)
    d_value, d_pairs = by_platform(run, value.shape[1], pairs.shape[0], *arrays)
    return d_value, d_pairs, no_gradient(plan)


rectified_sum.defvjp(_rectified_forward, _rectified_backward)


@functools.partial(jax.custom_vjp, nondiff_argnums=(6,))
def gated_sums(receiver, sender, value, features, plan, targets, num_rows):
    """sum_e s(e_ij) v_j, sum_e s(e_ij) and e_ij = f_ij + sender_j + receiver_i, s the sigmoid.

    (R, D), twice (S, D), (E, D) -> twice (num_rows, D), whose rows the targets name, and (E, D).
    """

    def run(arrays, chunk):
        receiver, sender, value, pairs, plan, targets = arrays

        def step(carry, first, senders, receivers, targets):
            total, norm, pairs = carry  # from this chunk on the features stand in the pairs
            new = chunk_of(pairs, first, senders) + take(sender, senders)
            pairs, new = replaced(pairs, new + take(receiver, receivers), first)
            gates = jax.nn.sigmoid(new)
            total = add_rows(total, targets, gates * take(value, senders))
            return total, add_rows(norm, targets, gates), pairs

        shape = (num_rows, value.shape[1])
        carry = (zeros(shape, value), zeros(shape, sender), pairs)
        return over_chunks(step, carry, plan, chunk, targets)

    arrays = (receiver, sender, value, features, plan, targets)
    return by_platform(run, AT_ONCE * value.shape[1], features.shape[0], *arrays)


def _gated_forward(receiver, sender, value, features, plan, targets, num_rows):
    results = gated_sums(receiver, sender, value, features, plan, targets, num_rows)
    return results, (receiver, sender, value, results[2], plan, targets)


def _gated_backward(num_rows, saved, gradients):
    def run(arrays, chunk):
        receiver, sender, value, pairs, plan, targets, d_total, d_norm, d_pairs = arrays

        def step(carry, first, senders, receivers, targets, pairs):
            d_receiver, d_sender, d_value, d_pairs = carry
            gates = jax.nn.sigmoid(pairs)
            upstream = take(d_total, targets)
            change = upstream * take(value, senders) + take(d_norm, targets)
            change = change * gates * (1 - gates) + chunk_of(d_pairs, first, senders)
            d_pairs, change = replaced(d_pairs, change, first)
            d_receiver = add_rows(d_receiver, receivers, change)
            d_sender = add_rows(d_sender, senders, change)
            return d_receiver, d_sender, add_rows(d_value, senders, gates * upstream), d_pairs

        sums = (
            zeros(receiver.shape, d_total),
            zeros(sender.shape, d_norm),
            zeros(value.shape, d_pairs),
        )
        return over_chunks(step, (*sums, d_pairs), plan, chunk, targets, pairs)

    arrays = (*saved, *gradients)
    pairs, plan = saved[3:5]
    results = by_platform(run, AT_ONCE * pairs.shape[1], pairs.shape[0], *arrays)
    return *results, no_gradient(plan), None


gated_sums.defvjp(_gated_forward, _gated_backward)


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
    shape = (num_rows, value.shape[1])

    def run(arrays, chunk):
        value, pairs, plan, inverse = arrays

        def first_step(carry, first, senders, receivers, message):
            total, top, bottom = carry
            top = top.at[receivers].max(message, mode="promise_in_bounds")
            bottom = bottom.at[receivers].min(message, mode="promise_in_bounds")
            return add_rows(total, receivers, message), top, bottom

        total = zeros(shape, value)
        carry = (total, total - _HUGE, total + _HUGE)
        total, top, bottom = _over_messages(first_step, carry, value, pairs, plan, chunk)
        mean = total * inverse

        def second_step(squares, first, senders, receivers, message):
            return add_rows(squares, receivers, jnp.square(message - take(mean, receivers)))

        squares = _over_messages(second_step, zeros(shape, mean), value, pairs, plan, chunk)
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
        shape = (num_rows, value.shape[1])
        carry = zeros(shape, d_top), zeros(shape, d_bottom)

        def reached(message, extreme, receivers):
            return message == take(extreme, receivers)

        def count(counts, first, senders, receivers, message):
            return tuple(
                add_rows(total, receivers, reached(message, extreme, receivers).astype(total.dtype))
                for total, extreme in zip(counts, (top, bottom), strict=True)
            )

        # ties share the gradient of an extreme
        counts = _over_messages(count, carry, value, pairs, plan, chunk)
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

        return over_chunks(step, (zeros(value.shape, d_mean), pairs), plan, chunk)

    arrays = (value, pairs, plan, mean, top, bottom, d_mean, d_top, d_bottom, d_variance)
    d_value, d_pairs = by_platform(run, value.shape[1], plan["senders"].size, *arrays)
    return d_value, d_pairs, no_gradient(plan)


statistics.defvjp(_statistics_forward, _statistics_backward)
