"""TensorFlow sums of messages that are made edge by edge, in chunks of edges.

As in tensorflow_attention everything runs in functions of its own that XLA compiles. There are no
masks here: the caller sends masked edges to a spare receiver, the last.
"""

import tensorflow as tf

from keras_gt.ops._backend.tensorflow_attention import (
    add_rows,
    compiled,
    constants,
    count_rows,
    over_chunks,
)


@compiled
def _rectified_forward(value, pairs, plan, sized):
    def step(total, senders, receivers, pairs):
        return add_rows(total, receivers, tf.nn.relu(tf.gather(value, senders) + pairs)), None

    width, num_rows = value.shape[1], count_rows(sized)
    total = tf.zeros([num_rows, width], value.dtype)
    return over_chunks(step, total, plan, num_rows, width, [pairs])[0]


@compiled
def _rectified_value_gradient(gradient, value, pairs, plan):
    def step(total, senders, receivers, pairs):
        message = tf.gather(value, senders) + pairs
        change = tf.where(message > 0, tf.gather(gradient, receivers), 0)
        return add_rows(total, senders, change), None

    total = tf.zeros_like(value)
    return over_chunks(step, total, plan, count_rows(gradient), value.shape[1], [pairs])[0]


@compiled
def _rectified_pairs_gradient(gradient, value, pairs, plan):
    message = tf.gather(value, plan["senders"]) + pairs
    return tf.where(message > 0, tf.gather(gradient, plan["receivers"]), 0)


def rectified_sum(value, pairs, plan, sized):
    """sum_e relu(value_j + pair_e), (S, D), (E, D) -> (R, D), for as many rows as `sized` has."""

    @tf.custom_gradient
    def total(value, pairs):
        def pull(gradient):
            # two functions, so that a graph which needs one gradient drops the other
            d_value = _rectified_value_gradient(gradient, value, pairs, plan)
            return d_value, _rectified_pairs_gradient(gradient, value, pairs, plan)

        return _rectified_forward(*constants(value, pairs), plan, sized), pull

    return total(value, pairs)


_HUGE = 1e30  # stands for infinity


def _over_messages(step, carry, value, pairs, plan, num_rows):
    """carry = step(carry, senders, receivers, value_j + pair_e) for each chunk of edges."""

    def with_message(carry, senders, receivers, *pairs):
        message = tf.gather(value, senders)
        return step(carry, senders, receivers, message + pairs[0] if pairs else message), None

    per_edge = [] if pairs is None else [pairs]
    return over_chunks(with_message, carry, plan, num_rows, value.shape[1], per_edge)[0]


@compiled
def _statistics_forward(value, pairs, plan, sized):
    num_rows, receivers = count_rows(sized), plan["receivers"]
    ones = tf.ones_like(receivers, value.dtype)[:, None]
    count = add_rows(tf.zeros([num_rows, 1], value.dtype), receivers, ones)
    inverse = 1 / tf.maximum(count, 1)  # 1 / d_i, (R, 1)
    zeros = tf.zeros([num_rows, value.shape[1]], value.dtype)

    def first_step(carry, senders, receivers, message):
        total, top, bottom = carry
        index = receivers[:, None]
        top = tf.tensor_scatter_nd_max(top, index, message)
        bottom = tf.tensor_scatter_nd_min(bottom, index, message)
        return add_rows(total, receivers, message), top, bottom

    carry = (zeros, zeros - _HUGE, zeros + _HUGE)
    total, top, bottom = _over_messages(first_step, carry, value, pairs, plan, num_rows)
    mean = total * inverse

    def second_step(squares, senders, receivers, message):
        return add_rows(squares, receivers, tf.square(message - tf.gather(mean, receivers)))

    squares = _over_messages(second_step, zeros, value, pairs, plan, num_rows)
    top, bottom = tf.where(count > 0, top, 0), tf.where(count > 0, bottom, 0)
    return (mean, top, bottom, squares * inverse), inverse


def _shares(gradients, extremes, value, pairs, plan):
    """The gradients of the extremes, shared by the messages that reach them."""
    zeros = tf.zeros_like(extremes[0])

    def step(counts, senders, receivers, message):
        return tuple(
            add_rows(total, receivers, _reached(message, extreme, receivers))
            for total, extreme in zip(counts, extremes, strict=True)
        )

    counts = _over_messages(step, (zeros, zeros), value, pairs, plan, count_rows(zeros))
    return [d / tf.maximum(n, 1) for d, n in zip(gradients, counts, strict=True)]


def _reached(message, extreme, receivers):
    return tf.cast(tf.equal(message, tf.gather(extreme, receivers)), message.dtype)


def _message_gradient(message, receivers, statistics, gradients, shares):
    """The gradient of each message: (E, D)."""
    (mean, *extremes, _), (d_mean, *_, d_variance) = statistics, gradients
    change = tf.gather(d_mean, receivers)
    change += (message - tf.gather(mean, receivers)) * tf.gather(d_variance, receivers)
    for extreme, share in zip(extremes, shares, strict=True):
        change += _reached(message, extreme, receivers) * tf.gather(share, receivers)
    return change


def _per_message(gradients, inverse):
    d_mean, d_top, d_bottom, d_variance = gradients
    return d_mean * inverse, d_top, d_bottom, d_variance * (2 * inverse)


@compiled
def _statistics_value_gradient(gradients, statistics, inverse, value, pairs, plan):
    gradients = _per_message(gradients, inverse)
    shares = _shares(gradients[1:3], statistics[1:3], value, pairs, plan)

    def step(total, senders, receivers, message):
        change = _message_gradient(message, receivers, statistics, gradients, shares)
        return add_rows(total, senders, change)

    return _over_messages(step, tf.zeros_like(value), value, pairs, plan, count_rows(inverse))


@compiled
def _statistics_pairs_gradient(gradients, statistics, inverse, value, pairs, plan):
    gradients = _per_message(gradients, inverse)
    shares = _shares(gradients[1:3], statistics[1:3], value, pairs, plan)
    message = tf.gather(value, plan["senders"]) + pairs
    return _message_gradient(message, plan["receivers"], statistics, gradients, shares)


def statistics(value, pairs, plan, sized):
    """(mean, max, min, variance) over each receiver's messages value_j + pair_e: (R, D) each."""

    @tf.custom_gradient
    def reduced(value, *pair):
        constant = constants(value, *pair)
        inputs = (constant[0], constant[1] if pair else None, plan)
        results, inverse = _statistics_forward(*inputs, sized)

        def pull(*gradients):
            saved = (gradients, results, inverse, *inputs)
            d_value = _statistics_value_gradient(*saved)
            return (d_value, _statistics_pairs_gradient(*saved)) if pair else d_value

        return results, pull

    return reduced(value, *(() if pairs is None else (pairs,)))
