"""JAX attention over all pairs whose scores and states are made from the pairs' features.

What has a value a pair and feature is made for a few thousand pairs at a time, so that all that
these need stays in the cache. Backward keeps the states, and makes the rest anew, which takes less
time than reading it.
"""

import functools

import jax
import jax.numpy as jnp
from jax import lax

from keras_gt.ops._backend.jax_attention import by_platform, head_sums


def _blocks(rows, receivers, senders, chunk):
    """(g, r): how many rows of the batch, or else receivers of one row, make a block."""
    pairs = receivers * senders
    if pairs <= chunk:
        return _divisor(rows, chunk // max(1, pairs)), receivers
    part = _divisor(receivers, max(1, chunk // max(1, senders)))
    return 1, part if part * senders * 4 >= chunk else receivers


def _divisor(size, most):
    return next(part for part in range(max(1, min(size, most)), 0, -1) if size % part == 0)


class _Block:
    """Cuts a block out of arrays, and puts it in: g rows of the batch, r receivers."""

    def __init__(self, index, receivers, shape):
        parts = receivers // shape[1]
        self.row, self.receiver = index // parts * shape[0], index % parts * shape[1]
        self.shape = shape

    def of_receivers(self, x):
        """(B, N, ...) -> (g, r, ...)."""
        start = (self.row, self.receiver, *[0] * (x.ndim - 2))
        return self._bare(lax.dynamic_slice(x, start, (*self.shape[:2], *x.shape[2:])))

    def of_senders(self, x):
        """(B, M, ...) -> (g, m, ...)."""
        return self._bare(lax.dynamic_slice_in_dim(x, self.row, self.shape[0], axis=0))

    def _bare(self, part):
        """Without a first axis of 1, with which XLA makes slow loops."""
        return part[0] if self.shape[0] == 1 else part

    def add(self, total, part):
        """Adds (g, m, ...) to rows of (B, M, ...)."""
        part = (self.of_senders(total) + part).reshape(self.shape[0], *total.shape[1:])
        return lax.dynamic_update_slice_in_dim(total, part, self.row, axis=0)

    def put(self, target, part):
        """Writes (g, r, ...) to (B, N, ...)."""
        start = (self.row, self.receiver, *[0] * (target.ndim - 2))
        part = part.reshape(*self.shape[:2], *target.shape[2:])
        return lax.dynamic_update_slice(target, part, start)


def _over_blocks(step, carry, arrays, features, mask, width):
    """carry = step(block, carry, *arrays) for each block of pairs that are not all masked.

    `width` says how wide an array of the pairs is.
    """
    rows, receivers, senders, _ = features.shape

    def run(arrays, chunk):
        carry, mask, *arrays = arrays
        g, r = _blocks(rows, receivers, senders, chunk)
        count = rows // g * (receivers // r)
        order = None
        if mask is not None:
            real = jnp.any(mask.reshape(rows // g, g, receivers // r, r * senders), axis=(1, 3))
            order, count = jnp.argsort(~real.reshape(-1)), jnp.sum(real)

        def body(number, carry):
            index = number if order is None else order[number]
            return step(_Block(index, receivers, (g, r, senders)), carry, *arrays)

        return lax.fori_loop(0, count, body, carry)

    # of four arrays together
    return by_platform(run, 4 * width, rows * receivers * senders, carry, mask, *arrays)


def _matmul(left, right):
    return jnp.matmul(left, right, precision=lax.Precision.HIGHEST)


def _parts(block, query, key, features, kernel, bias):
    """(q_i + k_j, s_ij, b_ij) of a block, (g, r, m, D) each."""
    ends = block.of_receivers(query)[..., None, :] + block.of_senders(key)[..., None, :, :]
    given = block.of_receivers(features)
    joined = _matmul(given.reshape(-1, given.shape[-1]), kernel)
    joined = joined if bias is None else joined + bias
    parts = jnp.split(joined, joined.shape[-1] // query.shape[-1], axis=-1)
    return ends, *(part.reshape(ends.shape) for part in parts)


def _summed(parts, axis):
    """The sum of each part; side by side they are made first, which XLA's loops of sums are not."""
    total = jnp.sum(jnp.concatenate(parts, axis=-1), axis=axis)
    return jnp.split(total, len(parts), axis=-1)


def _root(x):
    return jnp.sign(x) * jnp.sqrt(jnp.abs(x))


@functools.partial(jax.custom_vjp, nondiff_argnums=(9,))
def attention(query, key, value, features, kernel, bias, vector, mask, factor, clamp):
    """The sums of values and of states, (B, N, D), and the states, (B, N, M, D)."""
    return _forward(query, key, value, features, kernel, bias, vector, mask, factor, clamp)[0]


def _forward(query, key, value, features, kernel, bias, vector, mask, factor, clamp):
    heads, width = vector.shape[0], query.shape[-1]
    sums = head_sums(heads, width // heads, query.dtype)  # (D, H)
    to_scores = sums * vector.reshape(-1, 1)

    def step(block, carry, query, key, value, features, kernel, bias, to_scores, mask, factor):
        values, read, states, weights = carry
        ends, scale, shift = _parts(block, query, key, features, kernel, bias)
        state = jax.nn.relu(_root(ends * scale) + shift)  # (g, r, m, D)
        shape = (*state.shape[:-1], heads)
        if mask is not None:
            real = block.of_receivers(mask)[..., None]
            state = jnp.where(real, state, 0)
        score = _matmul(state.reshape(-1, width), to_scores).reshape(shape)
        weight = jnp.exp(jnp.clip(score, -clamp, clamp))
        weight = weight if mask is None else jnp.where(real, weight, 0)
        total = jnp.sum(weight, axis=-2)  # (g, r, H)
        inverse = jnp.where(total > 0, 1 / jnp.where(total > 0, total, 1), 0)
        weight = weight * inverse[..., None, :]
        # the sign says that the score was clipped
        kept = jnp.where(jnp.abs(score) < clamp, weight, -weight)
        dropped = weight if factor is None else weight * block.of_receivers(factor)
        spread = _matmul(dropped.reshape(-1, heads), sums.T).reshape(state.shape)
        sums_of = [spread * block.of_senders(value)[..., None, :, :], spread * state]
        own = _summed(sums_of, axis=-2)
        return (
            block.put(values, own[0]),
            block.put(read, own[1]),
            block.put(states, state),
            block.put(weights, kept),
        )

    pairs = features.shape[:3]
    factor = None if factor is None else jnp.transpose(factor, (0, 2, 3, 1))
    mask = None if mask is None else jnp.broadcast_to(mask, pairs)
    carry = (
        jnp.zeros_like(query),
        jnp.zeros_like(query),
        jnp.zeros((*pairs, width), query.dtype),
        jnp.zeros((*pairs, heads), query.dtype),
    )
    arrays = (query, key, value, features, kernel, bias, to_scores, mask, factor)
    values, read, states, weights = _over_blocks(step, carry, arrays, features, mask, width)
    saved = (query, key, value, features, kernel, bias, vector, mask, factor)
    return (values, read, states), (*saved, values, read, states, weights)


def _backward(clamp, saved, gradients):
    query, key, value, features, kernel, bias, vector, mask, factor, *made = saved
    d_values, d_read, d_states = gradients
    values, read, states, weights = made
    heads, width = vector.shape[0], query.shape[-1]
    sums = head_sums(heads, width // heads, query.dtype)
    to_scores = sums * vector.reshape(-1, 1)
    product = _matmul(d_values * values + d_read * read, sums)  # (B, N, H)
    carry = [jnp.zeros_like(x) for x in (query, key, value, features, to_scores.T)]
    carry.append(jnp.zeros((kernel.shape[0] + 1, 2 * width), kernel.dtype))  # and the bias

    def step(block, carry, query, key, value, features, kernel, bias, to_scores, *rest):
        states, weights, factor, d_values, d_read, d_states, product = rest
        d_query, d_key, d_value, d_features, d_scorer, d_kernel = carry
        state, kept = block.of_receivers(states), block.of_receivers(weights)
        weight = jnp.abs(kept)
        factor = None if factor is None else block.of_receivers(factor)
        dropped = weight if factor is None else weight * factor
        spread = _matmul(dropped.reshape(-1, heads), sums.T).reshape(state.shape)
        from_values = block.of_receivers(d_values)[..., None, :]
        from_read = block.of_receivers(d_read)[..., None, :]
        dots = from_values * block.of_senders(value)[..., None, :, :] + from_read * state
        dots = _matmul(dots.reshape(-1, width), sums).reshape(weight.shape)
        dots = dots if factor is None else dots * factor
        d_score = jnp.maximum(kept, 0) * (dots - block.of_receivers(product)[..., None, :])
        d_score = d_score.reshape(-1, heads)
        change = _matmul(d_score, to_scores.T).reshape(state.shape)
        change = change + spread * from_read + block.of_receivers(d_states)
        d_shift = jnp.where(state > 0, change, 0)
        ends, scale = _parts(
            block, query, key, features, kernel[:, :width], None if bias is None else bias[:width]
        )
        joint = ends * scale
        slope = jnp.where(joint != 0, 0.5 * lax.rsqrt(jnp.abs(joint)), 0)
        d_joint = d_shift * slope
        d_joined = jnp.concatenate([d_joint * ends, d_shift], axis=-1).reshape(-1, 2 * width)
        d_ends = d_joint * scale
        given = block.of_receivers(features)
        flat = given.reshape(-1, given.shape[-1])
        flat = jnp.concatenate([flat, jnp.ones_like(flat[:, :1])], axis=-1)  # of the bias
        d_sent = _summed([d_ends, spread * from_values], axis=-3)
        d_own = _summed([d_ends, spread * from_values], axis=-2)[0]

        return [
            block.put(d_query, d_own),
            block.add(d_key, d_sent[0]),
            block.add(d_value, d_sent[1]),
            block.put(d_features, _matmul(d_joined, kernel.T).reshape(given.shape)),
            d_scorer + _matmul(d_score.T, state.reshape(-1, width)),
            d_kernel + _matmul(flat.T, d_joined),
        ]

    arrays = (query, key, value, features, kernel, bias, to_scores)
    rest = (states, weights, factor, d_values, d_read, d_states, product)
    *results, d_scorer, d_kernel = _over_blocks(
        step, carry, (*arrays, *rest), features, mask, width
    )
    d_vector = jnp.sum(d_scorer * sums.T, axis=0).reshape(vector.shape)
    d_bias = None if bias is None else d_kernel[-1]
    return *results, d_kernel[:-1], d_bias, d_vector, None, None


attention.defvjp(_forward, _backward)
