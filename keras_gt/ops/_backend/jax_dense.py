"""JAX attention over all pairs with its own gradient, which makes the weights anew.

With s the scores, p = exp(s - top), d = sum p and out = p v / d, backward divides the incoming
gradient g by d once; the gradient of a score is then p (g . v - g . out). Between the passes only
the top and 1 / d of each row are kept, not the weights: that is less memory, and less time than
reading them again. A few rows of the batch are done at a time, so that what has a value a pair
stays in the cache.
"""

import jax
import jax.numpy as jnp
from jax import lax

from keras_gt.ops._backend import generic
from keras_gt.ops._backend.jax_attention import by_platform

# so many, XLA's products of a transposed left factor take longer than making the factor transposed
_MANY_SENDERS = 64


def _heads_first(x):
    """(B, N, H, K) -> (B, H, N, K), and back."""
    return jnp.swapaxes(x, 1, 2)


def _swapped(x):
    """(B, H, N, K) -> (B, H, K, N); None stays."""
    return None if x is None else jnp.swapaxes(x, -1, -2)


def _dots(left, right):
    """left_n . right_m: (B, H, N, K), (B, H, M, K) -> (B, H, N, M), without transposing first."""
    return jnp.einsum("bhnk,bhmk->bhnm", left, right)


def _scores(query, key, mask, bias):
    """Masked scores (B, H, N, M) in the type of sums."""
    scores = _dots(query, key).astype(generic.accumulation_dtype(query.dtype))
    scores = scores if bias is None else scores + bias.astype(scores.dtype)
    return scores if mask is None else jnp.where(mask, scores, generic.LOWEST)


def _weights(scores, top, mask):
    """exp(score - top), 0 where masked: (B, H, N, M)."""
    weights = jnp.exp(scores - top)
    return weights if mask is None else jnp.where(mask, weights, 0)


def over_rows(step, width, *arrays):
    """step(*arrays) a few rows of the batch at a time, whose largest array is so wide.

    What all rows share, with a first axis of 1, and None are given whole to each step.
    """
    rows = arrays[0].shape[0]
    if not all(isinstance(size, int) for size in (rows, width)):  # an exported model's symbols
        return step(*arrays)
    cut = [x is not None and x.shape[0] == rows for x in arrays]

    def run(arrays, chunk):
        if chunk >= rows:
            return step(*arrays)
        chunk = next(size for size in range(chunk, 0, -1) if rows % size == 0)

        def some(given):
            given = iter(given)
            return step(*(next(given) if c else x for c, x in zip(cut, arrays, strict=True)))

        parts = [
            x.reshape(rows // chunk, chunk, *x.shape[1:])
            for c, x in zip(cut, arrays, strict=True)
            if c
        ]
        results = lax.map(some, parts)
        return jax.tree.map(lambda x: x.reshape(rows, *x.shape[2:]), results)

    return by_platform(run, max(1, width), rows, *arrays)


def _pairs_of(query, key):
    """How many scores a row has."""
    return query.shape[1] * query.shape[2] * key.shape[2]


@jax.custom_vjp
def attention(query, key, value, mask, bias):
    """softmax_j(query_i . key_j + bias_ij), applied to the values: (B, N, H, K) -> (B, N, H, V)."""
    return _forward(query, key, value, mask, bias)[0]


def _forward(query, key, value, mask, bias):
    query, key, value = (_heads_first(x) for x in (query, key, value))
    out, top, inverse = over_rows(
        _forward_step, _pairs_of(query, key), query, key, value, mask, bias
    )
    return out, (query, key, value, mask, bias, top, inverse, out)


def _forward_step(query, key, value, mask, bias):
    """The result (B, N, H, V), and (B, H, N, 1) the top of the scores and 1 / d."""
    scores = _scores(query, key, mask, bias)
    top = jnp.max(scores, axis=-1, keepdims=True)
    weights = _weights(scores, top, mask)
    total = jnp.sum(weights, axis=-1, keepdims=True)
    inverse = jnp.where(total > 0, 1 / jnp.where(total > 0, total, 1), 0)
    out = jnp.matmul(weights.astype(value.dtype), value) * inverse
    return _heads_first(out.astype(value.dtype)), top, inverse


def _backward(saved, gradient):
    query, key, value, mask, bias, *made = saved
    arrays = (query, key, value, mask, bias, *made, gradient)
    pairs = _pairs_of(query, key)
    d_query, d_key, d_value, d_bias = over_rows(_backward_step, pairs, *arrays)
    d_bias = None if bias is None else _summed_to(bias, d_bias)
    return d_query, d_key, d_value, None, d_bias


def _backward_step(query, key, value, mask, bias, top, inverse, out, gradient):
    out, gradient = _heads_first(out), _heads_first(gradient)
    scaled = gradient * inverse  # g / d, (B, H, N, V)
    product = jnp.sum(scaled * out, axis=-1, keepdims=True)
    scaled = scaled.astype(value.dtype)
    num_senders = key.shape[2]
    if bias is None and isinstance(num_senders, int) and num_senders >= _MANY_SENDERS:
        mask, top, product = _swapped(mask), _swapped(top), _swapped(product)
        weights = _weights(_scores(key, query, mask, None), top, mask)  # (B, H, M, N)
        d_scores = (weights * (_dots(value, scaled) - product)).astype(query.dtype)
        d_query = _swapped(jnp.matmul(_swapped(key), d_scores))  # transposes the smaller factor
        d_bias = None
    else:
        weights = _weights(_scores(query, key, mask, bias), top, mask)
        d_scores = weights * (_dots(scaled, value) - product)
        d_bias = None if bias is None else _summed_to(bias, d_scores, axes=(1, 2, 3))
        d_scores = d_scores.astype(query.dtype)
        d_query = jnp.matmul(d_scores, key)
        weights, d_scores = _swapped(weights), _swapped(d_scores)
    d_value = jnp.matmul(weights.astype(value.dtype), scaled)
    d_key = jnp.matmul(d_scores, query)
    return *(_heads_first(x) for x in (d_query, d_key, d_value)), d_bias


def _summed_to(bias, gradient, axes=(0, 1, 2, 3)):
    """The gradient of a bias that was broadcast to the scores, along these axes."""
    axes = [axis for axis in axes if bias.shape[axis] != gradient.shape[axis]]
    return jnp.sum(gradient, axis=axes, keepdims=True).astype(bias.dtype)


attention.defvjp(_forward, _backward)
