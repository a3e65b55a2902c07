"""TensorFlow products along edges and sums of weighted values, compiled by XLA."""

import tensorflow as tf

from keras_gt.ops._backend.tensorflow_attention import (
    add_rows,
    aggregate,
    compiled,
    constants,
    count_rows,
    edge_dots,
    head_sums,
    reversed_edges,
    spread,
)


@compiled
def _products(query, key, pairs, plan, heads):
    joint = tf.gather(query, plan["receivers"]) * tf.gather(key, plan["senders"]) * pairs
    return joint, tf.matmul(joint, head_sums(heads, pairs.shape[1] // heads, pairs.dtype))


@compiled
def _products_gradient(d_joint, d_scores, query, key, pairs, plan):
    heads = d_scores.shape[1]
    change = spread(d_scores, pairs.shape[1] // heads)
    change = change if d_joint is None else change + d_joint
    q, k = tf.gather(query, plan["receivers"]), tf.gather(key, plan["senders"])
    d_pairs = change * q * k
    change *= pairs
    d_query = add_rows(tf.zeros_like(query), plan["receivers"], change * k)
    return d_query, add_rows(tf.zeros_like(key), plan["senders"], change * q), d_pairs


def edge_products(query, key, pairs, plan, heads, keep):
    """q_i * k_j * p_e, if `keep`, and its sums: (R, D), (S, D), (E, D) -> (E, D), (E, H)."""

    @tf.custom_gradient
    def products(query, key, pairs):
        inputs = constants(query, key, pairs)
        joint, scores = _products(*inputs, plan, heads)

        def pull(*gradients):
            d_joint, d_scores = gradients if keep else (None, *gradients)
            return _products_gradient(d_joint, d_scores, *inputs, plan)

        return ((joint, scores) if keep else scores), pull

    return products(query, key, pairs) if keep else (None, products(query, key, pairs))


@compiled
def _weighted_forward(weights, value, plan, sized):
    return aggregate(weights, value, plan, count_rows(sized))


@compiled
def _weighted_value_gradient(gradient, weights, value, plan):
    return aggregate(weights, gradient, reversed_edges(plan), count_rows(value))


@compiled
def _weighted_weights_gradient(gradient, weights, value, plan):
    return edge_dots(gradient, value, weights.shape[1], plan)


def weighted_values(weights, value, plan, sized):
    """sum_e weights_e value_j for each head, (E, H), (S, H V) -> (R, H V), as many as `sized`."""

    @tf.custom_gradient
    def total(weights, value):
        inputs = constants(weights, value)

        def pull(gradient):
            # two functions, so that a graph which needs one gradient drops the other
            d_value = _weighted_value_gradient(gradient, *inputs, plan)
            return _weighted_weights_gradient(gradient, *inputs, plan), d_value

        return _weighted_forward(*inputs, plan, sized), pull

    return total(weights, value)


@compiled
def _shares_forward(weights, others, plan):
    weights = _without_masked(weights, plan)
    total = add_rows(
        others + tf.zeros([1, weights.shape[1]], weights.dtype), plan["receivers"], weights
    )  # (R, H)
    totals = tf.gather(total, plan["receivers"])
    return weights / totals, totals, total


@compiled
def _shares_gradient(gradient, shares, totals, total, others, plan):
    mean = add_rows(tf.zeros_like(total), plan["receivers"], shares * gradient)
    change = (gradient - tf.gather(mean, plan["receivers"])) / totals
    d_others = -mean / total
    if others.shape[1] != total.shape[1]:
        d_others = tf.reduce_sum(d_others, axis=1, keepdims=True)
    return _without_masked(change, plan), d_others


def _without_masked(x, plan):
    """x with 0 for masked edges."""
    return tf.where(plan["mask"][:, None], x, tf.zeros_like(x)) if "mask" in plan else x


def edge_shares(weights, others, plan):
    """`generic.edge_shares`, others (R, H) or (R, 1); the plan has a mask or none."""

    @tf.custom_gradient
    def shares(weights, others):
        inputs = constants(weights, others)
        result, *totals = _shares_forward(*inputs, plan)

        def pull(gradient):
            return _shares_gradient(gradient, result, *totals, inputs[1], plan)

        return result, pull

    return shares(weights, others)


@compiled
def _clipped_exponential(scores, limit):
    return tf.exp(tf.clip_by_value(scores, -limit, limit))


@compiled
def _clipped_exponential_gradient(gradient, scores, result, limit):
    return tf.where(tf.abs(scores) <= limit, gradient * result, tf.zeros_like(gradient))


def clipped_exponential(scores, limit):
    """`generic.clipped_exponential`."""

    @tf.custom_gradient
    def exponential(scores):
        (given,) = constants(scores)
        result = _clipped_exponential(given, limit)

        def pull(gradient):
            return _clipped_exponential_gradient(gradient, given, result, limit)

        return result, pull

    return exponential(scores)
