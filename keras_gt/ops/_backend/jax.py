"""JAX: native row primitives, dropout, and attention (jax_attention, jax_dense)."""

import math

import jax
import jax.numpy as jnp
from jax import lax

from keras_gt.ops._backend import (
    generic,
    jax_attention,
    jax_conditional,
    jax_dense,
    jax_kernels,
    jax_messages,
    jax_once,
    jax_products,
    kinds,
)


def fast_paths_allowed():
    """The fast paths lower for every platform; symbolic sizes are looked at call by call."""
    return True


def one_program(function):
    """The function, compiled for each shape of its tensors."""
    return jax.jit(function)


def _accumulated(x):
    """Half types in float32; every other type as it is."""
    return None if x is None else x.astype(generic.accumulation_dtype(x.dtype))


def _are_static(*arrays):
    """False where an exported model has symbolic sizes, for which no chunks can be cut."""
    sizes = [size for x in arrays if x is not None for size in x.shape]
    return all(isinstance(size, int) for size in sizes)


def _attention(function, receiver_side, rest, plan, *options):
    """Calls an attention of jax_attention with masked edges sent to a spare receiver.

    Choosing per edge and head by a mask would take XLA longer than the attention itself.
    """
    wide = [_accumulated(x) for x in (receiver_side, *rest)]
    ends = _ends(plan)
    if plan["mask"] is None:
        return function(*wide, ends, *options).astype(rest[1].dtype)
    num_receivers = receiver_side.shape[0]
    ends["receivers"] = jnp.where(plan["mask"], plan["receivers"], num_receivers)
    wide[0] = jnp.pad(wide[0], [(0, 1)] + [(0, 0)] * (receiver_side.ndim - 1))
    return function(*wide, ends, *options)[:num_receivers].astype(rest[1].dtype)


@jax.custom_vjp
def gather_rows(x, index):
    """x[index] along the first axis."""
    return jax_attention.take(x, index)


def _gather_forward(x, index):
    return gather_rows(x, index), (x, index)


def _gather_backward(saved, gradient):
    x, index = saved
    return jax_attention.sum_rows(gradient, index, x.shape[0]), None


gather_rows.defvjp(_gather_forward, _gather_backward)


def segment_sum(data, segment_ids, num_segments):
    """Sum of the rows of each segment; an empty segment is 0."""
    wide = _accumulated(data)
    return jax_attention.sum_rows(wide, segment_ids, num_segments).astype(data.dtype)


def masked_segment_sum(data, segment_ids, num_segments, mask):
    """`generic.masked_segment_sum`: masked rows go to one more segment, which is cut off."""
    ids = jnp.where(mask, segment_ids, num_segments)
    return segment_sum(data, ids, num_segments + 1)[:num_segments]


def segment_max(data, segment_ids, num_segments):
    """Maximum of the rows of each segment; an empty segment is generic.LOWEST."""
    lowest = jnp.full((num_segments, *data.shape[1:]), generic.LOWEST, data.dtype)
    return lowest.at[segment_ids].max(data, mode="promise_in_bounds")


def dot_attention(query, key, value, bias, factor, plan):
    """`generic.dot_attention` with its own gradient."""
    if not _are_static(query, value, plan["senders"]):
        return generic.dot_attention(query, key, value, bias, factor, plan)
    return _attention(jax_attention.dot, query, (key, value, bias, factor), plan)


def additive_attention(receiver_logits, sender_logits, value, bias, factor, plan, negative_slope):
    """`generic.additive_attention` with its own gradient."""
    if not _are_static(receiver_logits, value, plan["senders"]):
        return generic.additive_attention(
            receiver_logits, sender_logits, value, bias, factor, plan, negative_slope
        )
    rest = (sender_logits, value, bias, factor)
    return _attention(jax_attention.additive, receiver_logits, rest, plan, negative_slope)


def dense_attention(query, key, value, mask, bias, scale):
    """`generic.dense_attention` with its own gradient."""
    return jax_dense.attention(query * scale, key, value, mask, bias)


def conditional_attention(query, key, value, features, kernel, bias, vector, mask, factor, clamp):
    """`generic.conditional_attention` with its own gradient."""
    if not _are_static(query, features):
        return None
    arrays = (query, key, value, features, kernel, bias, vector)
    wide = [_accumulated(x) for x in arrays]
    results = jax_conditional.attention(*wide, mask, _accumulated(factor), clamp)
    return tuple(result.astype(value.dtype) for result in results)


def weighted_sum(value, weights, plan, num_receivers):
    """`generic.weighted_sum` with its own gradient."""
    if not (_are_static(value, plan["senders"]) and isinstance(num_receivers, int)):
        return generic.weighted_sum(value, weights, plan, num_receivers)
    wide = _accumulated(value)
    if weights is None:
        weights = jnp.ones(plan["senders"].shape, wide.dtype)
    if plan["mask"] is not None:
        weights = jnp.where(plan["mask"], weights, 0)
    weights = weights.astype(wide.dtype)[:, None]  # (E, 1)
    total = jax_products.weighted_values(weights, wide, _ends(plan), num_receivers)
    return total.astype(value.dtype)


def _ends(plan):
    """The ends of the edges, masked ones too."""
    return {key: plan[key] for key in ("senders", "receivers")}


def edge_products(query, key, pairs, num_heads, plan, keep):
    """`generic.edge_products` with its own gradient."""
    if not _are_static(query, key, pairs):
        return generic.edge_products(query, key, pairs, num_heads, plan, keep)
    wide = [_accumulated(x) for x in (query, key, pairs)]
    joint, scores = jax_products.edge_products(*wide, _ends(plan), num_heads, keep)
    return joint.astype(pairs.dtype) if keep else None, scores.astype(pairs.dtype)


def over_rows(step, *arrays):
    """`generic.over_rows`, a few rows at a time, which backward runs again: they stay in the cache.

    The first array is the one whose size counts; step makes another like it.
    """
    if not _are_static(*arrays):
        return step(*arrays)
    width = 2 * math.prod(arrays[0].shape[1:])
    return jax_dense.over_rows(jax.checkpoint(step), width, *arrays)


def scores_of_kinds(features, parts, num_heads, plan):
    """`generic.scores_of_kinds`, the products of both kinds at once."""
    if not _are_static(features, plan["senders"]):
        return generic.scores_of_kinds(features, parts, num_heads, plan)
    return kinds.scores_of_kinds(features, parts, num_heads, plan, edge_products)


def aggregate_values(weights, value, plan, num_receivers):
    """`generic.aggregate_values` with its own gradient."""
    if not (_are_static(weights, value) and isinstance(num_receivers, int)):
        return generic.aggregate_values(weights, value, plan, num_receivers)
    wide = _accumulated(value)
    flat = wide.reshape(wide.shape[0], wide.shape[1] * wide.shape[2])
    if plan["mask"] is not None:
        weights = jnp.where(plan["mask"][:, None], weights, 0)
    weights = weights.astype(wide.dtype)
    total = jax_products.weighted_values(weights, flat, _ends(plan), num_receivers)
    return total.reshape(-1, *value.shape[1:]).astype(value.dtype)


def _with_spare(plan, num_receivers):
    """The ends of the edges, the masked ones sent to a spare receiver, and how many there are."""
    ends = _ends(plan)
    if plan["mask"] is None:
        return ends, num_receivers
    ends["receivers"] = jnp.where(plan["mask"], plan["receivers"], num_receivers)
    return ends, num_receivers + 1


def rectified_sum(value, pairs, plan, num_receivers, own=False):
    """`generic.rectified_sum` with its own gradient."""
    if not (_are_static(value, pairs) and isinstance(num_receivers, int)):
        return generic.rectified_sum(value, pairs, plan, num_receivers, own)
    wide = _accumulated(value)
    total = jax_messages.rectified_sum(
        wide, pairs.astype(wide.dtype), *_with_spare(plan, num_receivers)
    )
    total = total[:num_receivers].astype(value.dtype)
    return value + total if own else total


def gated_sums(receiver, sender, value, features, kernel, bias, plan):
    """`generic.gated_sums` with its own gradient."""
    if not _are_static(receiver, features):
        return None
    if kernel is not None:
        features = linears(features, [kernel], [bias])[0]
    wide = [_accumulated(x) for x in (receiver, sender, value, features)]
    num_receivers = receiver.shape[0]
    targets, num_rows = _with_spare(plan, num_receivers)
    total, norm, pairs = jax_messages.gated_sums(*wide, _ends(plan), targets["receivers"], num_rows)
    results = total[:num_receivers], norm[:num_receivers], pairs
    return tuple(result.astype(value.dtype) for result in results)


def statistics(value, pairs, plan, num_receivers):
    """`generic.statistics` with its own gradient."""
    if not (_are_static(value, plan["senders"]) and isinstance(num_receivers, int)):
        return generic.statistics(value, pairs, plan, num_receivers)
    if pairs is not None and plan["mask"] is not None:
        pairs = jnp.where(plan["mask"][:, None], pairs, 0)  # 0 times what they hold may be NaN
    results = jax_messages.statistics(value, pairs, *_with_spare(plan, num_receivers))
    return tuple(result[:num_receivers] for result in results)


def embedding_bag(kernel, ids, weights):
    """`generic.embedding_bag` as a weighted sum over edges from words to bags."""
    if not _are_static(ids):
        return generic.embedding_bag(kernel, ids, weights)
    num_bags, length = ids.shape
    wide = _accumulated(kernel)
    weights = jnp.where(ids >= 0, weights, 0).astype(wide.dtype)
    plan = {
        "senders": jnp.maximum(ids, 0).reshape(-1),
        "receivers": jnp.repeat(jnp.arange(num_bags, dtype="int32"), length),
    }
    total = jax_products.weighted_values(weights.reshape(-1, 1), wide, plan, num_bags)
    return total.astype(kernel.dtype)


def linears(x, kernels, biases):
    """`generic.linears` with its own gradient."""
    return generic.linears(x, kernels, biases, jax_kernels.products)


def rectified_layers(x, kernels, biases):
    """`generic.rectified_layers` with its own gradient."""
    return generic.rectified_layers(x, kernels, biases, jax_kernels.products)


def made_once(x):
    """`keras_gt.ops.made_once`."""
    return jax_once.made_once(x) if _are_static(x) else x


@jax.custom_vjp
def outer_sum(left, right):
    """`generic.outer_sum`; its gradients have their rows in order, those of l^T r do not."""
    return jnp.einsum("bnk,bnv->bkv", left, right)


def _outer_sum_backward(saved, gradient):
    left, right = saved
    return jnp.matmul(right, jnp.swapaxes(gradient, 1, 2)), jnp.matmul(left, gradient)


outer_sum.defvjp(lambda left, right: (outer_sum(left, right), (left, right)), _outer_sum_backward)


def dropout(x, rate, seed_generator):
    """`generic.dropout` with bits from a counter-based hash, ten times cheaper than threefry."""
    seed = seed_generator.next()
    first = _mixed(seed[1] + jnp.uint32(0x9E3779B9))
    first = _mixed(first ^ seed[0])
    second = _mixed(first + seed[1] + jnp.uint32(0x7F4A7C15))
    index = lax.iota(jnp.uint32, x.size).reshape(x.shape)
    bits = _mixed(_mixed(index ^ first) + second)
    keep = bits >= jnp.uint32(min(round(rate * 2**32), 2**32 - 1))
    return jnp.where(keep, x / (1 - rate), jnp.zeros_like(x))


def _mixed(bits):
    """The finaliser of MurmurHash3: every input bit changes each output bit half of the time."""
    bits = (bits ^ (bits >> 16)) * jnp.uint32(0x85EBCA6B)
    bits = (bits ^ (bits >> 13)) * jnp.uint32(0xC2B2AE35)
    return bits ^ (bits >> 16)
