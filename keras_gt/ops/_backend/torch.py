"""PyTorch: native row primitives, dropout, bags of words, and edge attention (torch_attention)."""

import torch
import torch.nn.functional as functional

from keras_gt.ops._backend import (
    generic,
    torch_attention,
    torch_conditional,
    torch_dense,
    torch_gates,
    torch_messages,
    torch_norms,
    torch_products,
)
from keras_gt.ops._backend.torch_attention import real_mask
from keras_gt.ops._backend.torch_calls import fast_paths_allowed
from keras_gt.ops._backend.torch_calls import taken_as_given as taken_as_given


def _is_specified(x):
    """Whether `generic` must do it: for a tensor without values, or while exporting."""
    return x.is_meta or not fast_paths_allowed()


def _accumulated(x):
    """Half types in float32; every other type as it is."""
    return x.float() if x is not None and x.dtype in (torch.float16, torch.bfloat16) else x


def reshape(x, shape):
    """x in another shape."""
    return x.reshape(tuple(shape)) if isinstance(x, torch.Tensor) else generic.reshape(x, shape)


class _GatherRows(torch.autograd.Function):
    """x[index], whose gradient is summed by scatter_add."""

    @staticmethod
    def forward(ctx, x, index):
        ctx.save_for_backward(index)
        ctx.num_rows = x.shape[0]
        return x.index_select(0, index)

    @staticmethod
    def backward(ctx, gradient):
        (index,) = ctx.saved_tensors
        return segment_sum(gradient, index, ctx.num_rows), None


def gather_rows(x, index):
    """x[index] along the first axis."""
    if x.requires_grad and x.ndim == 2 and not _is_specified(x):
        return _GatherRows.apply(x, index)
    return x.index_select(0, index)


class _SegmentSum(torch.autograd.Function):
    """The sum by scatter_add, on narrow rows several times faster than index_add; its gradient by
    index_select, many times faster than the gather of scatter_add's own."""

    @staticmethod
    def forward(ctx, data, index, num_segments):
        ctx.save_for_backward(index)
        total = data.new_zeros((num_segments, *data.shape[1:]))
        return total.scatter_add_(0, index[:, None].expand(data.shape), data)

    @staticmethod
    def backward(ctx, gradient):
        (index,) = ctx.saved_tensors
        return gradient.index_select(0, index), None, None


def segment_sum(data, segment_ids, num_segments):
    """Sum of the rows of each segment, (E, D) -> (R, D); an empty segment is 0."""
    wide = _accumulated(data)
    if fast_paths_allowed() and not data.is_meta:
        return _SegmentSum.apply(wide, segment_ids.long(), num_segments).to(data.dtype)
    total = wide.new_zeros((num_segments, *data.shape[1:]))
    return total.index_add(0, segment_ids.long(), wide).to(data.dtype)  # ONNX scatters by int64


def masked_segment_sum(data, segment_ids, num_segments, mask):
    """`generic.masked_segment_sum`: masked rows go to one more segment, which is cut off.

    Choosing row by row between the data and 0 takes PyTorch four times as long as the sum.
    """
    ids = segment_ids.masked_fill(~mask, num_segments)
    return segment_sum(data, ids, num_segments + 1)[:num_segments]


def segment_max(data, segment_ids, num_segments):
    """Maximum of the rows of each segment; an empty segment is generic.LOWEST."""
    lowest = data.new_full((num_segments, *data.shape[1:]), generic.LOWEST)
    index = segment_ids.long()[:, None].expand(data.shape)
    return lowest.scatter_reduce(0, index, data, "amax")


def dot_attention(query, key, value, bias, factor, plan):
    """`generic.dot_attention` with its own gradient."""
    if query.is_meta:  # Keras infers shapes on tensors without values
        return generic.dot_attention(query, key, value, bias, factor, plan)
    out = torch_attention.dot(
        _accumulated(query),
        _accumulated(key),
        _accumulated(value),
        _accumulated(bias),
        factor,
        plan,
    )
    return out.to(value.dtype)


def additive_attention(receiver_logits, sender_logits, value, bias, factor, plan, negative_slope):
    """`generic.additive_attention` with its own gradient."""
    if value.is_meta:
        return generic.additive_attention(
            receiver_logits, sender_logits, value, bias, factor, plan, negative_slope
        )
    out = torch_attention.additive(
        _accumulated(receiver_logits),
        _accumulated(sender_logits),
        _accumulated(value),
        _accumulated(bias),
        factor,
        plan,
        negative_slope,
    )
    return out.to(value.dtype)


def edge_products(query, key, pairs, num_heads, plan, keep):
    """`generic.edge_products` with its own gradient."""
    if query.is_meta:
        return generic.edge_products(query, key, pairs, num_heads, plan, keep)
    wide = [_accumulated(x) for x in (query, key, pairs)]
    joint, scores = torch_products.edge_products(*wide, plan, num_heads, keep)
    return joint.to(pairs.dtype) if keep else None, scores.to(pairs.dtype)


def dense_products(query, key, pairs, num_heads, keep):
    """`generic.dense_products` as products along the edges between all nodes of a row."""
    if query.is_meta:
        return generic.dense_products(query, key, pairs, num_heads, keep)
    rows, receivers, senders, width = pairs.shape
    ends = torch.arange(rows * receivers, device=pairs.device).view(rows, receivers, 1)
    starts = torch.arange(rows, device=pairs.device)[:, None, None] * senders
    others = starts + torch.arange(senders, device=pairs.device)
    plan = {
        "receivers": ends.expand(rows, receivers, senders).reshape(-1),
        "senders": others.expand(rows, receivers, senders).reshape(-1),
    }
    flat = (x.reshape(-1, width) for x in (query, key, pairs))
    joint, scores = edge_products(*flat, num_heads, plan, keep)
    return joint.view(pairs.shape) if keep else None, scores.view(*pairs.shape[:3], num_heads)


def scores_of_kinds(features, parts, num_heads, plan):
    """`generic.scores_of_kinds`, each kind's products at its own edges alone."""
    if features.is_meta:
        return generic.scores_of_kinds(features, parts, num_heads, plan)
    first = features[:, 0] > 0.5
    scores = features.new_zeros((features.shape[0], num_heads))
    for kind, (query, key, kernel) in zip((first, ~first), parts, strict=True):
        kind = kind if plan["mask"] is None else kind & plan["mask"]
        edges = kind.nonzero().squeeze(1)
        ends = {end: plan[end].index_select(0, edges) for end in ("senders", "receivers")}
        pairs = features.index_select(0, edges)[:, 1:] @ kernel
        _, found = edge_products(query, key, pairs, num_heads, ends, False)
        scores = scores.index_copy(0, edges, found.to(scores.dtype))
    return scores


def conditional_attention(query, key, value, features, kernel, bias, vector, mask, factor, clamp):
    """`generic.conditional_attention` with its own gradient."""
    if query.is_meta or features.numel() == 0:
        return None
    mask, dtype = real_mask(mask), value.dtype
    arrays = (query, key, value, features, kernel, bias, vector)
    wide = [_accumulated(x) for x in arrays]
    results = torch_conditional.attention(*wide, mask, _accumulated(factor), clamp)
    return tuple(result.to(dtype) for result in results)


def gated_sums(receiver, sender, value, features, kernel, bias, plan):
    """`generic.gated_sums` with its own gradient."""
    if value.is_meta:
        return None
    arrays = (receiver, sender, value, features, kernel, bias)
    results = torch_gates.gated_sums(*(_accumulated(x) for x in arrays), plan)
    return tuple(result.to(value.dtype) for result in results)


def aggregate_values(weights, value, plan, num_receivers):
    """`generic.aggregate_values` with its own gradient."""
    if value.is_meta:
        return generic.aggregate_values(weights, value, plan, num_receivers)
    wide = _accumulated(value)
    total = torch_products.weighted_values(
        weights.to(wide.dtype), wide.flatten(1), plan, num_receivers
    )
    return total.view(-1, *value.shape[1:]).to(value.dtype)


def clipped_exponential(scores, limit):
    """`generic.clipped_exponential` with its own gradient."""
    if _is_specified(scores):
        return generic.clipped_exponential(scores, limit)
    return torch_products.clipped_exponential(scores, limit)


def edge_shares(weights, others, plan, num_receivers):
    """`generic.edge_shares` with its own gradient."""
    if weights.is_meta:
        return generic.edge_shares(weights, others, plan, num_receivers)
    return torch_products.edge_shares(weights, others, plan, num_receivers)


def weighted_sum(value, weights, plan, num_receivers):
    """`generic.weighted_sum` with its own gradient."""
    if value.is_meta:
        return generic.weighted_sum(value, weights, plan, num_receivers)
    wide, mask = _accumulated(value), real_mask(plan["mask"])
    if weights is None:
        weights = wide.new_ones(plan["senders"].shape[0])
    weights = weights.to(wide.dtype)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0)
    return torch_attention.weighted_sum(wide, weights, plan).to(value.dtype)


def rectified_sum(value, pairs, plan, num_receivers, own=False):
    """`generic.rectified_sum` with its own gradient."""
    if value.is_meta:
        return generic.rectified_sum(value, pairs, plan, num_receivers, own)
    wide = _accumulated(value)
    total = torch_messages.rectified_sum(wide, pairs.to(wide.dtype), plan, num_receivers, own)
    return total.to(value.dtype)


def statistics(value, pairs, plan, num_receivers):
    """`generic.statistics` with its own gradient."""
    if value.is_meta:
        return generic.statistics(value, pairs, plan, num_receivers)
    return torch_messages.statistics(value, pairs, plan, num_receivers)


def embedding_bag(kernel, ids, weights):
    """`generic.embedding_bag`: a weighted sum over the present entries alone, as edges."""
    if _is_specified(kernel):
        return generic.embedding_bag(kernel, ids, weights)
    wide = _accumulated(kernel)
    present = ids >= 0
    positions = present.reshape(-1).nonzero().squeeze(1)
    entries = ids.reshape(-1).index_select(0, positions).int()
    chosen = weights.reshape(-1).index_select(0, positions).to(wide.dtype)
    sorted_entries, order = torch.sort(entries, stable=True)
    words = torch.arange(kernel.shape[0] + 1, dtype=torch.int32, device=ids.device)
    plan = {
        "receivers": (positions // ids.shape[1]).int(),
        "senders": entries,
        "receiver_offsets": functional.pad(present.sum(1).cumsum(0), (1, 0)).int(),
        "sender_offsets": torch.searchsorted(sorted_entries, words, out_int32=True),
        "sender_order": order,
    }
    return torch_attention.weighted_sum(wide, chosen, plan).to(kernel.dtype)


def _some(mask):
    """The mask, or None where it is False everywhere (looked up on a CPU only: it is free)."""
    if mask.device.type == "cpu" and fast_paths_allowed() and not mask.is_meta:
        return mask if bool(mask.any()) else None
    return mask


def _whole_vectors(key, value, mask):
    """Keys and values (B, M, H, K) with masked nodes up to a multiple of 16, where that is faster.

    The CPU's kernel computes 16 scores of a receiver at once, and what is left one by one.
    """
    senders, head_dim = key.shape[1], key.shape[3]
    if key.device.type != "cpu" or senders % 16 < 8 or head_dim > 16:
        return key, value, mask
    more = 16 - senders % 16
    if mask is None:
        mask = key.new_ones((1, 1, 1, senders), dtype=torch.bool)
    key, value = (  # faster than padding, which fills the whole first
        torch.cat([x, x.new_zeros(()).expand(x.shape[0], more, *x.shape[2:])], dim=1)
        for x in (key, value)
    )
    return key, value, functional.pad(mask, (0, more))


def dense_attention(query, key, value, mask, bias, scale):
    """`generic.dense_attention` through PyTorch's own kernels."""
    mask = real_mask(mask)
    if bias is None and fast_paths_allowed():
        key, value, mask = _whole_vectors(key, value, mask)
    query, key, value = (x.transpose(1, 2) for x in (query, key, value))  # (B, H, N, K)
    if mask is None:
        empty, added = None, bias
    else:
        # a row without senders would be NaN: it reads all, and is zeroed
        empty = _some(~mask.any(-1, keepdim=True))
        added = mask if empty is None else mask | empty
    if bias is not None:
        bias = bias.to(query.dtype)
        added = bias if mask is None else torch.where(added, bias, torch.finfo(query.dtype).min)
    out = functional.scaled_dot_product_attention(
        query, key, value, attn_mask=added, scale=float(scale)
    )
    if empty is not None:
        out = out.masked_fill(empty, 0)
    return out.transpose(1, 2)


def linears(x, kernels, biases):
    """`generic.linears` with its own gradient."""
    if _is_specified(x):
        return generic.linears(x, kernels, biases)
    if len(kernels) == 1:
        return [torch_dense.linear(x, kernels[0], biases[0])]
    return torch_dense.linears(x, kernels, biases)


def rectified_layers(x, kernels, biases):
    """`generic.rectified_layers` with its own gradient."""
    if _is_specified(x):
        return generic.rectified_layers(x, kernels, biases)
    return torch_dense.rectified_layers(x, kernels, biases)


def outer_sum(left, right):
    """`generic.outer_sum` with its own gradient."""
    return (generic if left.is_meta else torch_dense).outer_sum(left, right)


def unit_rows(x, smallest):
    """`generic.unit_rows` with its own gradient."""
    if _is_specified(x):
        return generic.unit_rows(x, smallest)
    return torch_norms.unit_rows(x, smallest)


def dropout(x, rate, seed_generator):
    """`generic.dropout` with four draws a random 64-bit number: PyTorch's own draws one.

    The rate is kept to 1 / 65536 and the scale is that of the rate used, so the mean is exact.
    """
    if torch.compiler.is_compiling():
        return generic.dropout(x, rate, seed_generator)
    generator = torch.Generator(x.device).manual_seed(_mixed_seed(seed_generator.next()))
    count = x.numel()
    words = torch.empty((count + 3) // 4, dtype=torch.int64, device=x.device)
    words.random_(-(2**63), None, generator=generator)
    draws = words.view(torch.int16)[:count].view(x.shape)  # uniform in -32768..32767
    dropped = round(rate * 65536)
    keep = (draws >= dropped - 32768).to(x.dtype)
    return x * keep.mul_(65536 / (65536 - dropped))


def _mixed_seed(state):
    """One 32-bit seed from (seed, counter): their sum would give (0, 1) and (1, 0) equal masks."""
    seed, counter = (int(number) & 0xFFFFFFFF for number in state.tolist())
    mixed = (seed * 0x9E3779B1 + 0x7F4A7C15) & 0xFFFFFFFF
    for number in (counter, seed):
        mixed = ((mixed ^ (mixed >> 16)) * 0x85EBCA6B) & 0xFFFFFFFF
        mixed = (((mixed ^ (mixed >> 13)) * 0xC2B2AE35) & 0xFFFFFFFF) ^ number
    return mixed ^ (mixed >> 16)


def _places(mask):
    """Where a mask is True: the number of the first rows if these are all, else a tensor."""
    rows = mask.nonzero().squeeze(1)
    count = rows.shape[0]
    return count if count == 0 or rows[-1] + 1 == count else rows


def batch_norm(x, mask, scale, offset, epsilon):
    """`generic.batch_norm` over the real rows alone, by PyTorch's own kernel."""
    if _is_specified(x):
        return generic.batch_norm(x, mask, scale, offset, epsilon)
    rows = x.shape[0] if mask is None else _places(mask)
    if isinstance(rows, int) and rows == 0:
        return generic.batch_norm(x, mask, scale, offset, epsilon)
    return torch_norms.batch_norm(x, rows, scale, offset, epsilon)


def batch_norm_by(x, mean, variance, scale, offset, epsilon):
    """`generic.batch_norm_by` in one pass, by PyTorch's own kernel."""
    if _is_specified(x):
        return generic.batch_norm_by(x, mean, variance, scale, offset, epsilon)
    flat = x.reshape(-1, x.shape[-1])
    result = torch.batch_norm(flat, scale, offset, mean, variance, False, 0.0, epsilon, False)
    return result.view(x.shape)
