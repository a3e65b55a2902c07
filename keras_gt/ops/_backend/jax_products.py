"""JAX products along edges and sums of weighted values, in chunks of edges, with own gradients."""

import functools

import jax
import jax.numpy as jnp
from jax import lax

from keras_gt.ops._backend.jax_attention import (
    AT_ONCE,
    add_rows,
    aggregate,
    by_platform,
    edge_dots,
    head_sums,
    no_gradient,
    over_chunks,
    put_chunk,
    reversed_edges,
    spread,
    take,
    zeros,
)


@functools.partial(jax.custom_vjp, nondiff_argnums=(4, 5))
def edge_products(query, key, pairs, plan, heads, keep):
    """q_i * k_j * p_e, if `keep`, and its sums: (R, D), (S, D), (E, D) -> (E, D), (E, H)."""
    width = pairs.shape[1]

    def run(arrays, chunk):
        query, key, pairs, plan = arrays
        sums = head_sums(heads, width // heads, pairs.dtype)

        def step(carry, first, senders, receivers, pairs):
            joint, scores = carry
            product = take(query, receivers) * take(key, senders) * pairs
            part = jnp.matmul(product, sums, precision=lax.Precision.HIGHEST)
            joint = put_chunk(joint, product, first) if keep else None
            return joint, put_chunk(scores, part, first)

        scores = zeros((pairs.shape[0], heads), pairs)
        joint = zeros(pairs.shape, pairs) if keep else None
        return over_chunks(step, (joint, scores), plan, chunk, pairs)

    return by_platform(run, AT_ONCE * width, pairs.shape[0], query, key, pairs, plan)


def _products_forward(query, key, pairs, plan, heads, keep):
    return edge_products(query, key, pairs, plan, heads, keep), (query, key, pairs, plan)


def _products_backward(heads, keep, saved, gradients):
    query, key, pairs, plan = saved
    d_joint, d_scores = gradients
    width = pairs.shape[1]

    def run(arrays, chunk):
        query, key, plan, pairs, d_scores, *d_joint = arrays

        def step(carry, first, senders, receivers, pairs, d_scores, *d_joint):
            d_query, d_key, d_pairs = carry
            change = spread(d_scores, width // heads)
            change = change + d_joint[0] if d_joint else change
            q, k, change = lax.optimization_barrier(
                (take(query, receivers), take(key, senders), change)
            )
            d_pairs = put_chunk(d_pairs, change * q * k, first)
            change = change * pairs
            d_query = add_rows(d_query, receivers, change * k)
            return d_query, add_rows(d_key, senders, change * q), d_pairs

        carry = (zeros(query.shape, query), zeros(key.shape, key), zeros(pairs.shape, d_scores))
        return over_chunks(step, carry, plan, chunk, pairs, d_scores, *d_joint)

    arrays = (query, key, plan, pairs, d_scores, *((d_joint,) if keep else ()))
    return *by_platform(run, AT_ONCE * width, pairs.shape[0], *arrays), no_gradient(plan)


edge_products.defvjp(_products_forward, _products_backward)


@functools.partial(jax.custom_vjp, nondiff_argnums=(3,))
def weighted_values(weights, value, plan, num_rows):
    """sum_e weights_e value_j for each head: (E, H), (S, H V) -> (R, H V)."""
    return aggregate(weights, value, plan, num_rows)


def _values_forward(weights, value, plan, num_rows):
    return aggregate(weights, value, plan, num_rows), (weights, value, plan)


def _values_backward(num_rows, saved, gradient):
    weights, value, plan = saved
    d_value = aggregate(weights, gradient, reversed_edges(plan), value.shape[0])
    return edge_dots(gradient, value, weights.shape[1], plan), d_value, no_gradient(plan)


weighted_values.defvjp(_values_forward, _values_backward)
