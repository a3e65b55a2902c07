"""TensorFlow: native row primitives, dropout, and edge attention (tensorflow_attention)."""

import contextlib

import tensorflow as tf

from keras_gt.ops._backend import (
    generic,
    kinds,
    tensorflow_attention,
    tensorflow_conditional,
    tensorflow_gates,
    tensorflow_kinds,
    tensorflow_messages,
    tensorflow_products,
)

_generic_only = False


def fast_paths_allowed():
    """False while exporting; else they run in eager mode, in graphs and in compiled graphs."""
    return not _generic_only


@contextlib.contextmanager
def generic_path():
    """Keeps functions of our own that XLA compiles out of an exported graph."""
    global _generic_only
    _generic_only = True
    try:
        yield
    finally:
        _generic_only = False


def _accumulated(x):
    """Half types in float32; every other type as it is."""
    return None if x is None else tf.cast(x, generic.accumulation_dtype(x.dtype))


def gather_rows(x, index):
    """x[index] along the first axis; its gradient is a tensor.

    tf.gather's is a tf.IndexedSlices, whose repeated rows Adam squares one by one before it sums
    them: a table read twice at one row would train differently than on other backends.
    """
    x = tf.convert_to_tensor(x)
    if not (x.dtype.is_floating and fast_paths_allowed()):
        return tf.gather(x, index)
    return _gather_rows(x, index)


@tf.custom_gradient
def _gather_rows(x, index):
    rows = tf.shape(x)[0]

    def gradient(upstream):
        return segment_sum(upstream, index, rows), None

    return tf.gather(x, index), gradient


def segment_sum(data, segment_ids, num_segments):
    """Sum of the rows of each segment; an empty segment is 0."""
    total = tf.math.unsorted_segment_sum(_accumulated(data), segment_ids, num_segments)
    return tf.cast(total, data.dtype)


def masked_segment_sum(data, segment_ids, num_segments, mask):
    """`generic.masked_segment_sum` under XLA: masked rows go to one more segment, cut off."""
    ids = tf.where(mask, segment_ids, num_segments)
    sized = tf.zeros([num_segments + 1])  # a compiled function knows sizes from shapes alone
    total = tensorflow_attention.segment_sum(_accumulated(data), ids, sized)
    return tf.cast(total[:num_segments], data.dtype)


def segment_max(data, segment_ids, num_segments):
    """Maximum of the rows of each segment; an empty segment is generic.LOWEST."""
    top = tf.math.unsorted_segment_max(data, segment_ids, num_segments)
    return tf.maximum(top, tf.cast(generic.LOWEST, top.dtype))


def dot_attention(query, key, value, bias, factor, plan):
    """`generic.dot_attention` with its own gradient."""
    wide = [_accumulated(x) for x in (query, key, value, bias, factor)]
    return tf.cast(tensorflow_attention.dot(*wide, plan), value.dtype)


def additive_attention(receiver_logits, sender_logits, value, bias, factor, plan, negative_slope):
    """`generic.additive_attention` with its own gradient."""
    wide = [_accumulated(x) for x in (receiver_logits, sender_logits, value, bias, factor)]
    out = tensorflow_attention.additive(*wide, plan, negative_slope)
    return tf.cast(out, value.dtype)


def dense_attention(query, key, value, mask, bias, scale):
    """`generic.dense_attention`; the mask is added: choosing by it at each pair takes longer."""
    scores = _accumulated(generic.dense_dot_scores(query, key, scale))  # (B, H, N, M)
    if bias is not None:
        scores += tf.cast(bias, scores.dtype)
    if mask is None:
        return generic.dense_aggregate(tf.nn.softmax(scores), value)
    scores += tf.where(mask, tf.cast(0, scores.dtype), tf.cast(generic.LOWEST, scores.dtype))
    total = generic.dense_aggregate(tf.nn.softmax(scores), value)
    reads = tf.transpose(tf.reduce_any(mask, axis=-1), (0, 2, 1))  # (B, N, H), or 1 of each
    return total * tf.cast(reads, total.dtype)[..., None]


def weighted_sum(value, weights, plan, num_receivers):
    """`generic.weighted_sum` with its own gradient."""
    wide = _accumulated(value)
    if weights is None:
        weights = tf.ones_like(plan["senders"], wide.dtype)
    weights = tf.cast(weights, wide.dtype)
    if plan["mask"] is not None:
        weights = tf.where(plan["mask"], weights, tf.zeros_like(weights))
    total = tensorflow_products.weighted_values(
        weights[:, None], wide, _ends(plan), tf.zeros([num_receivers])
    )
    return tf.cast(total, value.dtype)


def _ends(plan):
    """The ends of the edges, masked ones too."""
    return {key: plan[key] for key in ("senders", "receivers")}


def edge_products(query, key, pairs, num_heads, plan, keep):
    """`generic.edge_products` with its own gradient."""
    wide = [_accumulated(x) for x in (query, key, pairs)]
    joint, scores = tensorflow_products.edge_products(*wide, _ends(plan), num_heads, keep)
    return tf.cast(joint, pairs.dtype) if keep else None, tf.cast(scores, pairs.dtype)


def scores_of_kinds(features, parts, num_heads, plan):
    """`generic.scores_of_kinds`, the products of both kinds at once."""
    return kinds.scores_of_kinds(features, parts, num_heads, plan, edge_products)


def pair_scores_of_kinds(features, parts, num_heads, mask):
    """`generic.pair_scores_of_kinds` with its own gradient."""
    queries, keys, kernels = ([_accumulated(x) for x in kind] for kind in zip(*parts, strict=True))
    scores = tensorflow_kinds.scores(
        _accumulated(features), queries, keys, kernels, mask, num_heads
    )
    return tf.cast(scores, features.dtype)


def clipped_exponential(scores, limit):
    """`generic.clipped_exponential`, compiled."""
    return tensorflow_products.clipped_exponential(scores, limit)


def edge_shares(weights, others, plan, num_receivers):
    """`generic.edge_shares` with its own gradient."""
    given = {key: plan[key] for key in ("receivers", "mask") if plan[key] is not None}
    return tensorflow_products.edge_shares(weights, others, given)


def conditional_attention(query, key, value, features, kernel, bias, vector, mask, factor, clamp):
    """`generic.conditional_attention` with its own gradient."""
    arrays = (query, key, value, features, kernel, bias, vector)
    wide = [_accumulated(x) for x in arrays]
    results = tensorflow_conditional.attention(*wide, mask, _accumulated(factor), clamp)
    return tuple(tf.cast(result, value.dtype) for result in results)


def aggregate_values(weights, value, plan, num_receivers):
    """`generic.aggregate_values` with its own gradient."""
    wide = _accumulated(value)
    flat = tf.reshape(wide, [-1, value.shape[1] * value.shape[2]])
    if plan["mask"] is not None:
        weights = tf.where(plan["mask"][:, None], weights, tf.zeros_like(weights))
    weights = tf.cast(weights, wide.dtype)
    total = tensorflow_products.weighted_values(
        weights, flat, _ends(plan), tf.zeros([num_receivers])
    )
    return tf.cast(tf.reshape(total, [-1, *value.shape[1:]]), value.dtype)


def _with_spare(plan, num_receivers):
    """The ends of the edges, the masked ones sent to a spare receiver, and the shape of them all.

    A compiled function knows sizes from shapes alone.
    """
    ends = {key: plan[key] for key in ("senders", "receivers")}
    if plan["mask"] is not None:
        ends["receivers"] = tf.where(plan["mask"], plan["receivers"], num_receivers)
    return ends, tf.zeros([num_receivers + 1])


def rectified_sum(value, pairs, plan, num_receivers, own=False):
    """`generic.rectified_sum` with its own gradient."""
    wide = _accumulated(value)
    total = tensorflow_messages.rectified_sum(
        wide, tf.cast(pairs, wide.dtype), *_with_spare(plan, num_receivers)
    )
    total = tf.cast(total[:num_receivers], value.dtype)
    return value + total if own else total


def gated_sums(receiver, sender, value, features, kernel, bias, plan):
    """`generic.gated_sums` with its own gradient."""
    if kernel is not None:
        features = generic.linears(features, [kernel], [bias])[0]
    wide = [_accumulated(x) for x in (receiver, sender, value, features)]
    num_receivers = tf.shape(receiver)[0]
    spare, sized = _with_spare(plan, num_receivers)
    ends = plan["senders"], plan["receivers"], spare["receivers"]
    total, norm, pairs = tensorflow_gates.gated_sums(*wide, ends, sized)
    results = total[:num_receivers], norm[:num_receivers], pairs
    return tuple(tf.cast(result, value.dtype) for result in results)


def statistics(value, pairs, plan, num_receivers):
    """`generic.statistics` with its own gradient."""
    if pairs is not None and plan["mask"] is not None:
        pairs = tf.where(plan["mask"][:, None], pairs, 0)  # 0 times what they hold may be NaN
    results = tensorflow_messages.statistics(value, pairs, *_with_spare(plan, num_receivers))
    return tuple(result[:num_receivers] for result in results)


def embedding_bag(kernel, ids, weights):
    """`generic.embedding_bag` as a weighted sum over edges from words to bags."""
    if not fast_paths_allowed():
        return generic.embedding_bag(kernel, ids, weights)
    length, wide = ids.shape[1], _accumulated(kernel)
    num_bags = tf.shape(ids)[0]
    weights = tf.where(ids >= 0, tf.cast(weights, wide.dtype), 0)
    plan = {
        "senders": tf.reshape(tf.maximum(ids, 0), [-1]),
        "receivers": tf.repeat(tf.range(num_bags), length),
    }
    total = tensorflow_products.weighted_values(
        tf.reshape(weights, [-1, 1]), wide, plan, tf.zeros([num_bags])
    )
    return tf.cast(total, kernel.dtype)


def dropout(x, rate, seed_generator):
    """`generic.dropout` with bits from a counter-based hash: XLA's own take seconds on a CPU."""
    seed = tf.cast(seed_generator.next(), "uint32")
    return x * _dropout_factor(tf.stop_gradient(x), float(rate), seed)


@tensorflow_attention.compiled
def _dropout_factor(x, rate, seed):
    first = _mixed(seed[1] + tf.constant(0x9E3779B9, tf.uint32))
    first = _mixed(tf.bitwise.bitwise_xor(first, seed[0]))
    second = _mixed(first + seed[1] + tf.constant(0x7F4A7C15, tf.uint32))
    index = tf.reshape(tf.cast(tf.range(tf.size(x)), tf.uint32), tf.shape(x))
    bits = _mixed(_mixed(tf.bitwise.bitwise_xor(index, first)) + second)
    keep = bits >= tf.constant(min(round(rate * 2**32), 2**32 - 1), tf.uint32)
    return tf.where(keep, tf.cast(1 / (1 - rate), x.dtype), tf.cast(0, x.dtype))


def _mixed(bits):
    """The finaliser of MurmurHash3: every input bit changes each output bit half of the time."""
    bits = _folded(bits, 16) * tf.constant(0x85EBCA6B, tf.uint32)
    bits = _folded(bits, 13) * tf.constant(0xC2B2AE35, tf.uint32)
    return _folded(bits, 16)


def _folded(bits, distance):
    return tf.bitwise.bitwise_xor(
        bits, tf.bitwise.right_shift(bits, tf.constant(distance, tf.uint32))
    )
