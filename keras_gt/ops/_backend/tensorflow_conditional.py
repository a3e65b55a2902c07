"""TensorFlow attention over all pairs whose scores and states are made from the pairs' features.

What has a value a pair and feature is made for a few thousand pairs at a time, in a loop that XLA
compiles, so that all that these need stays in the cache. Backward keeps the states, and makes the
rest anew, which takes less time than reading it.
"""

import tensorflow as tf

from keras_gt.ops._backend.tensorflow_attention import compiled, constants, head_sums
from keras_gt.ops._backend.tensorflow_blocks import along_last, pair_blocks, summed


def _parts(query, key, given, kernel, bias):
    """(q_i + k_j, s_ij, b_ij): (r, D), (M, D), (r, M, C) -> (r, M, D) each."""
    ends = query[:, None] + key[None]
    joined = tf.matmul(tf.reshape(given, [-1, given.shape[-1]]), kernel)
    joined = joined if bias is None else joined + bias
    width = query.shape[-1]
    parts = (joined[:, start : start + width] for start in range(0, kernel.shape[1], width))
    return ends, *(tf.reshape(part, tf.shape(ends)) for part in parts)


@compiled
def _forward(query, key, value, features, kernel, bias, vector, mask, factor, clamp):
    width, dtype = query.shape[-1], query.dtype
    sums = head_sums(width // vector.shape[1], vector.shape[1], dtype)  # (D, H)
    to_scores = sums * tf.reshape(vector, [-1, 1])
    blocks = pair_blocks(features, mask, width)
    queries, given, masks, factors = (blocks.cut(x) for x in (query, features, blocks.mask, factor))

    def step(index, row):
        ends, scale, shift = _parts(queries[index], key[row], given[index], kernel, bias)
        joint = ends * scale
        state = tf.nn.relu(tf.sign(joint) * tf.sqrt(tf.abs(joint)) + shift)  # (r, M, D)
        real = None if mask is None else masks[index][..., None]
        if real is not None:
            state = tf.where(real, state, tf.cast(0, dtype))
        score = along_last(state, to_scores)
        weight = tf.exp(tf.clip_by_value(score, -clamp, clamp))
        weight = weight if real is None else tf.where(real, weight, tf.cast(0, dtype))
        weight *= tf.math.reciprocal_no_nan(tf.reduce_sum(weight, axis=1))[:, None]
        kept = tf.where(tf.abs(score) < clamp, weight, -weight)  # its sign says what was clipped
        dropped = weight if factor is None else weight * factors[index]
        spread = along_last(dropped, tf.transpose(sums))
        read = summed([spread * value[row][None], spread * state], axis=1)
        return (*read, state, kept), ()

    results, _ = blocks.run(step, [dtype] * 4)
    return [blocks.joined(result) for result in results]


@compiled
def _backward(gradients, made, query, key, value, features, kernel, bias, vector, mask, factor):
    d_values, d_read, d_states = gradients
    values, read, states, weights = made
    width, dtype = query.shape[-1], query.dtype
    sums = head_sums(width // vector.shape[1], vector.shape[1], dtype)
    spreads = tf.transpose(sums)
    to_scores = sums * tf.reshape(vector, [-1, 1])
    product = along_last(d_values * values + d_read * read, sums)  # (B, N, H)
    blocks = pair_blocks(features, mask, width)
    arrays = (query, features, states, weights, factor, d_values, d_read, d_states, product)
    queries, given, *arrays = (blocks.cut(x) for x in arrays)
    arrays = tuple(arrays)

    def step(index, row):
        state, kept, factor, from_values, from_read, d_state, product = (
            None if x is None else x[index] for x in arrays
        )
        weight = tf.abs(kept)
        dropped = weight if factor is None else weight * factor
        spread = along_last(dropped, spreads)
        from_values, from_read = from_values[:, None], from_read[:, None]
        dots = along_last(from_values * value[row][None] + from_read * state, sums)
        dots = dots if factor is None else dots * factor
        d_score = tf.nn.relu(kept) * (dots - product[:, None])
        change = along_last(d_score, tf.transpose(to_scores)) + spread * from_read + d_state
        d_shift = tf.where(state > 0, change, tf.cast(0, dtype))
        scale_bias = None if bias is None else bias[:width]
        rows = given[index]
        ends, scale = _parts(queries[index], key[row], rows, kernel[:, :width], scale_bias)
        joint = ends * scale
        slope = tf.where(joint != 0, 0.5 * tf.math.rsqrt(tf.abs(joint)), tf.cast(0, dtype))
        d_joint = d_shift * slope
        d_ends = d_joint * scale
        d_joined = tf.concat([d_joint * ends, d_shift], axis=-1)
        d_joined = tf.reshape(d_joined, [-1, 2 * width])
        d_features = tf.matmul(d_joined, kernel, transpose_b=True)
        d_query, _ = summed([d_ends, spread * from_values], axis=1)
        sent = summed([d_ends, spread * from_values], axis=0)
        flat = tf.reshape(rows, [-1, rows.shape[-1]])
        flat = tf.concat([flat, tf.ones([tf.shape(flat)[0], 1], dtype)], axis=-1)  # of the bias
        flat_score = tf.reshape(d_score, [-1, d_score.shape[-1]])
        added = (
            tf.matmul(flat, d_joined, transpose_a=True),
            tf.matmul(flat_score, tf.reshape(state, [-1, width]), transpose_a=True),
        )
        return (d_query, *sent, tf.reshape(d_features, tf.shape(rows))), added

    totals = (tf.zeros([tf.shape(kernel)[0] + 1, 2 * width], dtype), tf.zeros_like(spreads))
    written, (d_kernel, d_scorer) = blocks.run(step, [dtype] * 4, totals)
    d_query, d_key, d_value, d_features = written
    d_vector = tf.reshape(tf.reduce_sum(d_scorer * spreads, axis=0), tf.shape(vector))
    return (
        blocks.joined(d_query), blocks.summed(d_key), blocks.summed(d_value),
        blocks.joined(d_features), d_kernel[:-1], d_vector, d_kernel[-1],
    )  # fmt: skip


def attention(query, key, value, features, kernel, bias, vector, mask, factor, clamp):
    """The sums of values and of states, (B, N, D), and the states, (B, N, M, D)."""
    if factor is not None:
        factor = tf.transpose(factor, (0, 2, 3, 1))  # (B, N, M, H)

    @tf.custom_gradient
    def results(query, key, value, features, kernel, vector, *biases):
        bias = biases[0] if biases else None
        inputs = (*constants(query, key, value, features, kernel, bias, vector), mask, factor)
        made = _forward(*inputs, clamp)

        def pull(*gradients):
            return _backward(gradients, made, *inputs)[: 6 + len(biases)]

        return tuple(made[:3]), pull

    biases = () if bias is None else (bias,)
    return results(query, key, value, features, kernel, vector, *biases)
