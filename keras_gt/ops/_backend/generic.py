"""The specification: every primitive in keras.ops alone.

Flat arrays throughout: R receivers, S senders, E edges, H heads, K and V head sizes. The backend
modules may replace any function here with a faster one of the same signature and meaning; tests
hold them against this file. Exports and the NumPy backend run it as it stands.

`plan` is a dictionary of flat arrays: `senders`, `receivers` (E,) int32, `mask` (E,) bool or None
and, where a plan was made, `receiver_offsets` (R+1,), `sender_offsets` (S+1,) and
`sender_order` (E,), for receiver-sorted edges. The functions in this file use the first three.
"""

from keras import backend, ops, random

from keras_gt.ops._backend.generic_norms import batch_norm as batch_norm
from keras_gt.ops._backend.generic_norms import batch_norm_by as batch_norm_by

LOWEST = -1e30  # stands for minus infinity: finite, so that no inf - inf can give NaN
_TINY = 1e-30


def one_program(function):
    """The function itself: its operations run one by one, or as part of the caller's program."""
    return function


def fast_paths_allowed():
    """False while the active backend exports a model."""
    return False


def over_rows(step, *arrays):
    """step(*arrays): all rows of the batch at once."""
    return step(*arrays)


def accumulation_dtype(dtype):
    """float32 for the half types, whose sums saturate; every other type is kept."""
    dtype = backend.standardize_dtype(dtype)
    return "float32" if dtype in ("float16", "bfloat16") else dtype


def reshape(x, shape):
    """x in another shape."""
    return ops.reshape(x, shape)


def gather_rows(x, index):
    """x[index] along the first axis: (S, ...) and (E,) -> (E, ...)."""
    return ops.take(x, index, axis=0)


def segment_sum(data, segment_ids, num_segments):
    """Sum of the rows of each segment: (E, D) -> (R, D); an empty segment is 0."""
    dtype = accumulation_dtype(data.dtype)
    total = ops.segment_sum(ops.cast(data, dtype), segment_ids, num_segments)
    return ops.cast(total, data.dtype)


def masked_segment_sum(data, segment_ids, num_segments, mask):
    """Sum of the rows of each segment that are not masked: (E, D) -> (R, D)."""
    data = ops.where(mask[:, None], data, ops.cast(0, data.dtype))
    return native_segment_sum(data, segment_ids, num_segments)


def segment_max(data, segment_ids, num_segments):
    """Maximum of the rows of each segment: (E, D) -> (R, D); an empty segment is -1e30."""
    top = ops.segment_max(data, segment_ids, num_segments)
    return ops.maximum(top, ops.cast(LOWEST, top.dtype))


def edge_softmax(scores, plan, num_receivers):
    """Softmax over each receiver's edges: (E, H) -> (E, H); masked edges get 0."""
    dtype = accumulation_dtype(scores.dtype)
    scores = ops.cast(scores, dtype)
    receivers, mask = plan["receivers"], plan["mask"]
    if mask is not None:
        scores = ops.where(mask[:, None], scores, ops.cast(LOWEST, dtype))
    top = ops.stop_gradient(native_segment_max(scores, receivers, num_receivers))
    weights = ops.exp(scores - gather(top, receivers))  # (E, H)
    if mask is not None:
        weights = ops.where(mask[:, None], weights, ops.cast(0, dtype))
    total = native_segment_sum(weights, receivers, num_receivers)  # (R, H)
    return weights / gather(ops.maximum(total, ops.cast(_TINY, dtype)), receivers)


def edge_shares(weights, others, plan, num_receivers):
    """weights_ij / (sum_j weights_ij + others_i): (E, H), (R, H) -> (E, H); masked edges get 0."""
    if plan["mask"] is not None:
        weights = ops.where(plan["mask"][:, None], weights, ops.cast(0, weights.dtype))
    total = native_segment_sum(weights, plan["receivers"], num_receivers) + others  # (R, H)
    return weights / gather(total, plan["receivers"])


def clipped_exponential(scores, limit):
    """exp(clip(scores, -limit, limit)), of the same shape and type."""
    return ops.exp(ops.clip(scores, -limit, limit))


def aggregate_values(weights, value, plan, num_receivers):
    """sum_j weights_ij value_j over edges that are not masked: (E, H), (S, H, V) -> (R, H, V)."""
    if plan["mask"] is not None:
        weights = ops.where(plan["mask"][:, None], weights, ops.cast(0, weights.dtype))
    heads, size = value.shape[1], value.shape[2]
    messages = weights[:, :, None] * ops.cast(gather(value, plan["senders"]), weights.dtype)
    total = native_segment_sum(
        ops.reshape(messages, (-1, heads * size)), plan["receivers"], num_receivers
    )
    return ops.cast(ops.reshape(total, (-1, heads, size)), value.dtype)


def edge_products(query, key, pairs, num_heads, plan, keep):
    """q_i * k_j * p_e, or None unless `keep`, and its sum over each head.

    query (R, H K), key (S, H K), pairs (E, H K) -> (E, H K) and (E, H).
    """
    joint = gather(query, plan["receivers"]) * gather(key, plan["senders"]) * pairs
    return joint if keep else None, _head_sums(joint, num_heads)


def scores_of_kinds(features, parts, num_heads, plan):
    """The sums over each head of q_i * k_j * p_e, with other q, k and p for each kind of edge.

    features (E, 1 + C), the first 1 for the first kind and 0 for the second; parts, for each kind
    (query (R, H K), key (S, H K), kernel (C, H K)) -> (E, H). Masked edges may have any score.
    """
    scores = [
        edge_products(query, key, ops.matmul(features[:, 1:], kernel), num_heads, plan, False)[1]
        for query, key, kernel in parts
    ]
    return ops.where(features[:, :1] > 0.5, *scores)


def pair_scores_of_kinds(features, parts, num_heads, mask):
    """`scores_of_kinds` of all pairs, or None where they are scored as lists of edges.

    features (B, N, M, 1 + C); parts, for each kind (query (B, N, H K), key (B, M, H K), kernel
    (C, H K)); mask, which broadcasts to (B, N, M), or None -> (B, N, M, H).
    """
    return None


def _head_sums(x, num_heads):
    """(..., H K) -> (..., H)."""
    heads = ops.reshape(x, (*ops.shape(x)[:-1], num_heads, x.shape[-1] // num_heads))
    return ops.sum(heads, axis=-1)


def dense_products(query, key, pairs, num_heads, keep):
    """q_i * k_j * p_ij, or None unless `keep`, and its sum over each head.

    query (B, N, H K), key (B, M, H K), pairs (B, N, M, H K) -> (B, N, M, H K) and (B, N, M, H).
    """
    joint = query[:, :, None] * key[:, None] * pairs
    return joint if keep else None, _head_sums(joint, num_heads)


def conditional_attention(query, key, value, features, kernel, bias, vector, mask, factor, clamp):
    """`keras_gt.ops.conditional_attention` over all pairs, or None where it is done step by step.

    query (B, N, H K), key and value (B, M, H K), features (B, N, M, C), kernel (C, 2 H K), bias
    (2 H K,) or None, vector (H, K), mask, which broadcasts to (B, N, M), or None, factor
    (B, H, N, M) or None -> (B, N, H K), (B, N, H K) and (B, N, M, H K).
    """
    return None


def gated_sums(receiver, sender, value, features, kernel, bias, plan):
    """`EdgeSet.gated_sums` of flat arrays, or None where it is done step by step.

    receiver (R, D), sender and value (S, D), features (E, C), kernel (C, D) or None, bias (D,) or
    None -> (R, D), (R, D) and (E, D).
    """
    return None


def dot_scores(query, key, bias, plan):
    """query_i . key_j + bias_ij: (R, H, K), (S, H, K) -> (E, H)."""
    scores = ops.sum(gather(query, plan["receivers"]) * gather(key, plan["senders"]), axis=-1)
    return scores if bias is None else scores + bias


def additive_scores(receiver_logits, sender_logits, bias, plan, negative_slope):
    """LeakyReLU(receiver_logits_i + sender_logits_j + bias_ij): (R, H), (S, H) -> (E, H)."""
    logits = gather(receiver_logits, plan["receivers"]) + gather(sender_logits, plan["senders"])
    logits = logits if bias is None else logits + bias
    return ops.leaky_relu(logits, negative_slope)


def attend(scores, value, factor, plan, num_receivers):
    """Softmax of the scores, times the dropout factor, applied to the values -> (R, H, V)."""
    weights = edge_softmax(scores, plan, num_receivers)
    if factor is not None:
        weights = weights * ops.cast(factor, weights.dtype)
    return aggregate_values(weights, value, plan, num_receivers)


def dot_attention(query, key, value, bias, factor, plan):
    """Dot-product attention over edges.

    query (R, H, K) already scaled, key (S, H, K), value (S, H, V), bias (E, H) or None, added to
    the scores; factor (E, H) or None, multiplied with the attention weights (dropout).
    Returns (R, H, V); receivers without an unmasked edge get 0.
    """
    scores = dot_scores(query, key, bias, plan)
    return attend(scores, value, factor, plan, ops.shape(query)[0])


def additive_attention(receiver_logits, sender_logits, value, bias, factor, plan, negative_slope):
    """GAT attention over edges.

    receiver_logits (R, H), sender_logits (S, H), value (S, H, V); bias (E, H) or None is added
    inside the LeakyReLU, factor (E, H) or None multiplies the weights. Returns (R, H, V).
    """
    scores = additive_scores(receiver_logits, sender_logits, bias, plan, negative_slope)
    return attend(scores, value, factor, plan, ops.shape(receiver_logits)[0])


def weighted_sum(value, weights, plan, num_receivers):
    """sum_j weights_ij value_j: value (S, D), weights (E,) or None -> (R, D)."""
    messages = gather(value, plan["senders"])  # (E, D)
    if weights is not None:
        messages = messages * ops.cast(weights[:, None], messages.dtype)
    if plan["mask"] is not None:
        messages = ops.where(plan["mask"][:, None], messages, ops.cast(0, messages.dtype))
    return native_segment_sum(messages, plan["receivers"], num_receivers)


def rectified_sum(value, pairs, plan, num_receivers, own=False):
    """sum_e ReLU(value_j + pair_e): value (S, D), pairs (E, D) -> (R, D).

    With `own`, where the receivers are the senders, the receiver's own value is added.
    """
    messages = ops.relu(gather(value, plan["senders"]) + pairs)  # (E, D)
    if plan["mask"] is not None:
        messages = ops.where(plan["mask"][:, None], messages, ops.cast(0, messages.dtype))
    total = native_segment_sum(messages, plan["receivers"], num_receivers)
    return value + total if own else total


def statistics(value, pairs, plan, num_receivers):
    """(mean, max, min, variance) over each receiver's messages value_j + pair_e.

    value (S, D), pairs (E, D) or None -> (R, D) each; 0 for a receiver without an unmasked edge.
    """
    receivers, mask = plan["receivers"], plan["mask"]
    messages = gather(value, plan["senders"])  # (E, D)
    messages = messages if pairs is None else messages + pairs
    real = ops.ones_like(receivers, dtype="bool") if mask is None else mask
    real = real[:, None]
    zero = ops.cast(0, messages.dtype)
    messages = ops.where(real, messages, zero)  # masked ones may hold NaN, of which 0 times is NaN
    count = native_segment_sum(ops.cast(real, messages.dtype), receivers, num_receivers)  # (R, 1)

    def mean_of(x):
        x = ops.where(real, x, zero)
        return native_segment_sum(x, receivers, num_receivers) / ops.maximum(count, 1)

    def max_of(x):
        x = ops.where(real, x, ops.cast(LOWEST, x.dtype))
        top = native_segment_max(x, receivers, num_receivers)
        return ops.where(count > 0, top, zero)

    mean = mean_of(messages)
    variance = mean_of(ops.square(messages - gather(mean, receivers)))
    return mean, max_of(messages), -max_of(-messages), variance


def dense_attention(query, key, value, mask, bias, scale):
    """softmax(scale query key^T + bias) value on (B, N, H, K), (B, M, H, K), (B, M, H, V).

    mask broadcasts to (B, H, N, M), bias likewise; rows whose senders are all masked give 0.
    Returns (B, N, H, V).
    """
    weights = dense_weights(dense_dot_scores(query, key, scale), mask, bias)
    return dense_aggregate(weights, value)


def dense_dot_scores(query, key, scale):
    """scale query_i . key_j: (B, N, H, K), (B, M, H, K) -> (B, H, N, M)."""
    query = ops.transpose(query * scale, (0, 2, 1, 3))  # (B, H, N, K)
    return ops.matmul(query, ops.transpose(key, (0, 2, 3, 1)))


def dense_weights(scores, mask, bias):
    """Masked softmax over the senders: (B, H, N, M) -> (B, H, N, M)."""
    dtype = accumulation_dtype(scores.dtype)
    scores = ops.cast(scores, dtype)
    if bias is not None:
        scores = scores + ops.cast(bias, dtype)
    if mask is None:
        return _softmax(scores)
    scores = ops.where(mask, scores, ops.cast(LOWEST, dtype))
    return ops.where(mask, _softmax(scores), ops.cast(0, dtype))


def _softmax(scores):
    # a single sender always has weight 1, which Keras takes for a mistake and warns of
    return ops.ones_like(scores) if scores.shape[-1] == 1 else ops.softmax(scores, axis=-1)


def dense_aggregate(weights, value):
    """sum_j weights_ij value_j: (B, H, N, M), (B, M, H, V) -> (B, N, H, V)."""
    values = ops.transpose(value, (0, 2, 1, 3))  # (B, H, M, V)
    total = ops.matmul(ops.cast(weights, value.dtype), values)
    return ops.transpose(total, (0, 2, 1, 3))


def embedding_bag(kernel, ids, weights):
    """sum_w weights_rw kernel[ids_rw]: kernel (W, U), ids and weights (R, L) -> (R, U).

    id -1 stands for no entry and contributes nothing.
    """
    rows, length = ops.shape(ids)[0], ops.shape(ids)[1]
    present = ops.where(ids >= 0, weights, ops.cast(0, weights.dtype))
    entries = gather(kernel, ops.reshape(ops.maximum(ids, 0), (-1,)))
    entries = ops.reshape(entries, (rows, length, kernel.shape[1]))
    total = ops.matmul(ops.cast(present, kernel.dtype)[:, None, :], entries)  # (R, 1, U)
    return total[:, 0, :]


def products(x, kernels):
    """[x kernel]: (R, F), a list of (F, D) -> a list of (R, D)."""
    return [ops.matmul(x, kernel) for kernel in kernels]


def linears(x, kernels, biases, products=products):
    """[x kernel + bias]: (..., F), a list of (F, D), one of (D,) or None -> a list of (..., D)."""
    flat, shape = ops.reshape(x, (-1, x.shape[-1])), ops.shape(x)[:-1]  # XLA is faster on two axes
    pairs = zip(products(flat, kernels), biases, strict=True)
    results = [product if bias is None else product + bias for product, bias in pairs]
    return [ops.reshape(result, (*shape, result.shape[-1])) for result in results]


def rectified_layers(x, kernels, biases, products=products):
    """ReLU(x kernel_1 + bias_1) kernel_2 + bias_2: (..., F) -> (..., D); a bias may be None."""
    hidden = ops.relu(linears(x, kernels[:1], biases[:1], products)[0])
    return linears(hidden, kernels[1:], biases[1:], products)[0]


def outer_sum(left, right):
    """sum_n left_n right_n^T: (B, N, K), (B, N, V) -> (B, K, V)."""
    return ops.matmul(ops.transpose(left, (0, 2, 1)), right)


def unit_rows(x, smallest):
    """x / sqrt(max(sum of its squares, smallest)) along the last axis."""
    flat = ops.reshape(x, (-1, x.shape[-1]))  # XLA sums the last of two axes far faster
    squares = ops.sum(ops.square(flat), axis=-1, keepdims=True)
    return ops.reshape(flat * ops.rsqrt(ops.maximum(squares, smallest)), ops.shape(x))


def dropout(x, rate, seed_generator):
    """Zero each element with probability `rate` and scale the others by 1 / (1 - rate)."""
    return random.dropout(x, rate, seed=seed_generator)


def gather(x, index):
    return _native("gather_rows")(x, index)


def native_segment_sum(data, segment_ids, num_segments):
    return _native("segment_sum")(data, segment_ids, num_segments)


def native_segment_max(data, segment_ids, num_segments):
    return _native("segment_max")(data, segment_ids, num_segments)


def _native(name):
    # the three row primitives are exact on every backend and far faster when native
    from keras_gt.ops._backend import native

    return native(name)


def made_once(x):
    """`keras_gt.ops.made_once`."""
    return x


def taken_as_given(layer, arguments):
    """`keras_gt.ops.taken_as_given`: compiled programs gain nothing."""
    return False
