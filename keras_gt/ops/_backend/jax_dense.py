"""JAX attention over all pairs with its own gradient, which makes the weights anew.

With s the scores, p = exp(s - top), d = sum p and out = p v / d, backward divides the incoming
gradient g by d once; the gradient of a score is then p (g . v - g . out). Between the passes only
the top and 1 / d of each row are kept, not the weights: that is less memory, and less time than
reading them again.
"""

import jax
import jax.numpy as jnp

from keras_gt.ops._backend import generic


def _swapped(x):
    """(B, H, N, K) -> (B, H, K, N)."""
    return jnp.swapaxes(x, -1, -2)


def _scores(query, key, mask, bias):
    """Masked scores (B, H, N, M) in the type of sums."""
    scores = jnp.matmul(query, _swapped(key)).astype(generic.accumulation_dtype(query.dtype))
    scores = scores if bias is None else scores + bias.astype(scores.dtype)
    return scores if mask is None else jnp.where(mask, scores, generic.LOWEST)


def _weights(scores, top, mask):
    """exp(score - top), 0 where masked: (B, H, N, M)."""
    weights = jnp.exp(scores - top)
    return weights if mask is None else jnp.where(mask, weights, 0)


@jax.custom_vjp
def attention(query, key, value, mask, bias):
    """softmax_j(query_i . key_j + bias_ij), applied to the values: (B, H, N, K) -> (B, H, N, V)."""
    return _forward(query, key, value, mask, bias)[0]


def _forward(query, key, value, mask, bias):
    scores = _scores(query, key, mask, bias)
    top = jnp.max(scores, axis=-1, keepdims=True)  # (B, H, N, 1)
    weights = _weights(scores, top, mask)
    total = jnp.sum(weights, axis=-1, keepdims=True)
    inverse = jnp.where(total > 0, 1 / jnp.where(total > 0, total, 1), 0)
    out = jnp.matmul(weights.astype(value.dtype), value) * inverse
    return out.astype(value.dtype), (query, key, value, mask, bias, top, inverse, out)


def _backward(saved, gradient):
    query, key, value, mask, bias, top, inverse, out = saved
    weights = _weights(_scores(query, key, mask, bias), top, mask)
    scaled = gradient * inverse  # g / d, (B, H, N, V)
    product = jnp.sum(scaled * out, axis=-1, keepdims=True)
    scaled = scaled.astype(value.dtype)
    d_value = jnp.matmul(_swapped(weights.astype(value.dtype)), scaled)
    d_scores = weights * (jnp.matmul(scaled, _swapped(value)) - product)
    d_bias = None if bias is None else _summed_to(bias, d_scores)
    d_scores = d_scores.astype(query.dtype)
    d_query = jnp.matmul(d_scores, key)
    return d_query, jnp.matmul(_swapped(d_scores), query), d_value, None, d_bias


def _summed_to(bias, gradient):
    """The gradient of a bias that was broadcast to the scores."""
    axes = [axis for axis in range(4) if bias.shape[axis] != gradient.shape[axis]]
    return jnp.sum(gradient, axis=axes, keepdims=True).astype(bias.dtype)


attention.defvjp(_forward, _backward)
