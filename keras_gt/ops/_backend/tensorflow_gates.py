"""TensorFlow sums of values through the gates of edges, compiled by XLA.

There is no mask here: the caller sends masked edges to a spare receiver, `targets`.
"""

import tensorflow as tf

from keras_gt.ops._backend.tensorflow_attention import add_rows, compiled, constants, count_rows


@compiled
def _gated(receiver, sender, value, features, ends, sized):
    senders, receivers, targets = ends
    pairs = features + tf.gather(sender, senders) + tf.gather(receiver, receivers)
    gates = tf.sigmoid(pairs)
    zeros = tf.zeros([count_rows(sized), features.shape[1]], features.dtype)
    total = add_rows(zeros, targets, gates * tf.gather(value, senders))
    return total, add_rows(zeros, targets, gates), pairs


@compiled
def _gradient(d_total, d_norm, d_pairs, receiver, sender, value, pairs, ends):
    senders, receivers, targets = ends
    gates = tf.sigmoid(pairs)
    upstream = tf.gather(d_total, targets)
    d_value = add_rows(tf.zeros_like(value), senders, gates * upstream)
    change = upstream * tf.gather(value, senders) + tf.gather(d_norm, targets)
    change = change * gates * (1 - gates) + d_pairs
    d_receiver = add_rows(tf.zeros_like(receiver), receivers, change)
    return d_receiver, add_rows(tf.zeros_like(sender), senders, change), d_value, change


def gated_sums(receiver, sender, value, features, ends, sized):
    """sum_e s(e_ij) v_j, sum_e s(e_ij) and e_ij = f_ij + sender_j + receiver_i.

    Sums have as many rows as `sized`; ends are the senders, the receivers, and where sums go.
    """

    @tf.custom_gradient
    def results(*inputs):
        inputs = constants(*inputs)
        total, norm, pairs = _gated(*inputs, ends, sized)

        def pull(*gradients):
            return _gradient(*gradients, *inputs[:3], pairs, ends)

        return (total, norm, pairs), pull

    return results(receiver, sender, value, features)
