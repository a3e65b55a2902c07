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
    """sum_e relu(value_j + pair_e), (S, D), (E, D) -> (R, D), for as many rows as `sized` has.

    The last row is a spare one and gets no gradient.
    """

    @tf.custom_gradient
    def total(value, pairs):
        def pull(gradient):
            gradient = tf.concat([gradient[:-1], tf.zeros_like(gradient[-1:])], axis=0)
            # two functions, so that a graph which needs one gradient drops the other
            d_value = _rectified_value_gradient(gradient, value, pairs, plan)
            return d_value, _rectified_pairs_gradient(gradient, value, pairs, plan)

        return _rectified_forward(*constants(value, pairs), plan, sized), pull

    return total(value, pairs)
