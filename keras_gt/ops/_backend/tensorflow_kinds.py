"""TensorFlow scores of all pairs of nodes, whose edges are of two kinds with weights of their own.

In blocks of pairs that XLA compiles, as `tensorflow_conditional`: both kinds' products of a block
are made at once, and again in backward, so that none is as large as the pairs times the features.
"""

import tensorflow as tf

from keras_gt.ops._backend.tensorflow_attention import (
    add_rows,
    compiled,
    constants,
    head_sums,
)
from keras_gt.ops._backend.tensorflow_blocks import along_last, pair_blocks


def _of_kinds(given, kernel, queries, keys):
    """The mark of the first kind, and of each pair's own kind q_i, k_j and the projection.

    given (r, M, 1 + C), kernel (1 + C, 2 D), queries (r, D) and keys (M, D) of each kind
    -> (r, M, 1) and (r, M, D).
    """
    first = given[..., :1] > 0.5
    receivers = tf.where(first, *(query[:, None] for query in queries))
    senders = tf.where(first, *(key[None] for key in keys))
    return first, receivers, senders, tf.where(first, *tf.split(along_last(given, kernel), 2, -1))


def _summed(x, first, ends, size):
    """Sums of the rows that have an end and a kind: (r, M, D), ends below size -> (size, D) two."""
    index = tf.where(first[..., 0], ends, ends + size)  # (r, M)
    total = tf.zeros([2 * size, x.shape[-1]], x.dtype)
    total = add_rows(total, tf.reshape(index, [-1]), tf.reshape(x, [-1, x.shape[-1]]))
    return total[:size], total[size:]


@compiled
def _forward(features, queries, keys, kernel, mask, heads):
    width = queries[0].shape[-1]
    sums = head_sums(heads, width // heads, features.dtype)  # (D, H)
    blocks = pair_blocks(features, mask, 2 * width)
    given, *queries = (blocks.cut(x) for x in (features, *queries))

    def step(index, row):
        ends = [query[index] for query in queries], [key[row] for key in keys]
        _, receivers, senders, pairs = _of_kinds(given[index], kernel, *ends)
        return (along_last(receivers * senders * pairs, sums),), ()

    (scores,), _ = blocks.run(step, [features.dtype])
    return blocks.joined(scores)


@compiled
def _backward(d_scores, features, queries, keys, kernel, mask):
    heads, width = d_scores.shape[-1], queries[0].shape[-1]
    spreads = tf.transpose(head_sums(heads, width // heads, features.dtype))  # (H, D)
    blocks = pair_blocks(features, mask, 2 * width)
    changes, given, *queries = (blocks.cut(x) for x in (d_scores, features, *queries))

    def step(index, row):
        ends = [query[index] for query in queries], [key[row] for key in keys]
        first, receivers, senders, pairs = _of_kinds(given[index], kernel, *ends)
        change = along_last(changes[index], spreads)  # (r, M, D)
        number, count = tf.unstack(tf.shape(change)[:2])
        d_queries = _summed(change * pairs * senders, first, tf.range(number)[:, None], number)
        d_keys = _summed(change * pairs * receivers, first, tf.range(count)[None], count)
        change *= receivers * senders
        d_pairs = tf.concat([tf.where(first, change, 0.0), tf.where(first, 0.0, change)], axis=-1)
        d_pairs = tf.reshape(d_pairs, [-1, 2 * width])
        d_features = tf.matmul(d_pairs, kernel, transpose_b=True)
        d_features = tf.reshape(d_features, tf.shape(given[index]))
        flat = tf.reshape(given[index], [-1, given.shape[-1]])
        d_kernel = tf.matmul(flat, d_pairs, transpose_a=True)
        return (d_features, *d_queries, *d_keys), (d_kernel,)

    written, (d_kernel,) = blocks.run(step, [features.dtype] * 5, (tf.zeros_like(kernel),))
    of_receivers, of_senders = map(blocks.joined, written[:3]), map(blocks.summed, written[3:])
    return *of_receivers, *of_senders, d_kernel


def scores(features, queries, keys, kernels, mask, heads):
    """`generic.pair_scores_of_kinds`, the queries (B, N, D), keys (B, M, D) and kernels apart."""
    kernel = tf.concat(kernels, axis=1)
    kernel = tf.concat([tf.zeros([1, kernel.shape[1]], kernel.dtype), kernel], axis=0)

    @tf.custom_gradient
    def results(features, *tensors):
        features, *tensors = constants(features, *tensors)
        inputs = (features, tensors[:2], tensors[2:4], tensors[4], mask)

        def pull(gradient):
            return _backward(gradient, *inputs)

        return _forward(*inputs, heads), pull

    return results(features, *queries, *keys, kernel)
