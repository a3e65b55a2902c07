"""PyTorch attention over all pairs whose scores and states are made from the pairs' features.

What has a value a pair and feature is made for a few thousand pairs at a time, so that all that
these need stays in the cache; what has one a pair and head is kept whole, (H, B, N, M). Backward
keeps the states and the weights, and makes the rest anew, which takes less time than reading it.
"""

import torch
import torch.nn.functional as functional

from keras_gt.ops._backend.torch_blocks import pair_blocks
from keras_gt.ops._backend.torch_products import head_sums


def _by_head(x, heads):
    """(B, N, H K) -> (H B, N, K)."""
    x = x.view(*x.shape[:2], heads, -1).permute(2, 0, 1, 3)
    return x.reshape(-1, *x.shape[2:])


def _joined_heads(x, heads):
    """(H B, N, K) -> (B, N, H K)."""
    return x.view(heads, -1, *x.shape[1:]).permute(1, 2, 0, 3).flatten(2)


def _states(features, query, key, kernel, bias, blocks, mask):
    """The states of each block, as they are made: (block, (n, D), what is masked or None)."""
    width = query.shape[-1]
    given, both, left, right = blocks.rooms(features, features.shape[-1], 2 * width, width, width)
    for block in blocks:
        joined = torch.mm(block.rows_of(features, given), kernel, out=both[: block.count])
        joined = joined if bias is None else joined.add_(bias)
        joint = block.sums_of_ends(query, key, left).mul_(joined[:, :width])
        state = torch.abs(joint, out=right[: block.count]).sqrt_().copysign_(joint)
        state.add_(joined[:, width:]).relu_()
        unread = None
        if not block.is_whole:
            unread = (~block.of_heads(mask[None])).reshape(-1).nonzero().squeeze(1)
            state.index_fill_(0, unread, 0)
        yield block, state, unread


class _ConditionalAttention(torch.autograd.Function):
    """The sums of values, (B, N, D), and of states, (B, N, D), and the states, (B, N, M, D)."""

    @staticmethod
    def forward(ctx, query, key, value, features, kernel, bias, vector, mask, factor, clamp):
        ctx.set_materialize_grads(False)
        heads, shape = vector.shape[0], features.shape[:3]
        mask = None if mask is None else mask.expand(shape)
        blocks = pair_blocks(features, mask)
        query, key, value, mask, factor = blocks.in_order(query, key, value, mask, factor)
        factor = None if factor is None else factor.transpose(0, 1)
        sums = head_sums(heads, query)
        to_scores = (sums * vector.reshape(-1, 1)).t()  # (H, D)
        states = blocks.result(features, query.shape[-1])
        scores, weights = (query.new_zeros((heads, *shape)) for _ in range(2))
        read = torch.zeros_like(query)
        room = query.new_empty((heads * blocks.size,))
        made = _states(features, query, key, kernel, bias, blocks, mask)
        for block, state, unread in made:
            block.put(states, state)
            score = torch.mm(to_scores, state.t(), out=room[: heads * block.count].view(heads, -1))
            block.of_heads(scores).copy_(score.view(heads, *block.shape))
            weight = score.clamp_(-clamp, clamp).exp_()  # (H, n), not yet divided by their sums
            if unread is not None:
                weight.index_fill_(1, unread, 0)
            block.of_heads(weights).copy_(weight.view(heads, *block.shape))
            if factor is not None:
                weight.view(heads, *block.shape).mul_(block.of_heads(factor))
            by_list = weight.view(heads, block.lists, -1).transpose(0, 1)  # (g r, H, m)
            total = torch.bmm(by_list, state.view(block.lists, -1, state.shape[1]))
            own = total.view(*block.shape[:2], heads, heads, -1).diagonal(dim1=2, dim2=3)
            block.of_receivers(read).unflatten(-1, (heads, -1)).copy_(own.transpose(2, 3))
        inverse = weights.sum(-1, keepdim=True)
        inverse = torch.where(inverse > 0, 1 / inverse, 0)  # (H, B, N, 1)
        weights.mul_(inverse)
        read.mul_(inverse[..., 0].permute(1, 2, 0) @ sums.t())
        dropped = weights if factor is None else weights * factor
        values = torch.bmm(dropped.flatten(0, 1), _by_head(value, heads))  # (H B, N, K)
        values = _joined_heads(values, heads)
        ctx.blocks, ctx.clamp = blocks, clamp
        ctx.save_for_backward(
            query, key, value, features, kernel, bias, vector, factor,
            states, scores, weights, values, read,
        )  # fmt: skip
        return *blocks.as_given(values, read), states

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, d_values, d_read, d_states):
        query, key, value, _, _, _, vector, factor, _, *made = ctx.saved_tensors
        scores, weights, values, read = made
        heads = vector.shape[0]
        sums = head_sums(heads, query)
        d_values, d_read = ctx.blocks.in_order(
            *(torch.zeros_like(query) if x is None else x for x in (d_values, d_read))
        )
        dropped = weights if factor is None else weights * factor  # (H, B, N, M)
        by_head = _by_head(d_values, heads)
        d_value = _joined_heads(torch.bmm(dropped.flatten(0, 1).mT, by_head), heads)
        d_scores = torch.bmm(by_head, _by_head(value, heads).mT).view(weights.shape)
        product = ((d_values * values).addcmul_(d_read, read) @ sums).permute(2, 0, 1)
        if factor is not None:
            d_scores.mul_(factor)
        # of the scores by the sums of values, and what the sums of states will be multiplied by
        d_scores.sub_(product[..., None]).mul_(weights)
        unclipped = torch.ops.aten.hardtanh_backward  # 0 where a score was clipped
        d_scores = unclipped(d_scores, scores, -ctx.clamp, ctx.clamp)
        kept = unclipped(dropped, scores, -ctx.clamp, ctx.clamp)
        d_query, d_key, *rest = _pulled(ctx, dropped, kept, d_scores, d_read, d_states)
        return *ctx.blocks.as_given(d_query, d_key, d_value), *rest, None, None, None


def _pulled(ctx, dropped, kept, d_scores, d_read, d_states):
    """The gradients of query, key, features, kernel, bias and vector.

    Args:
        ctx: of the forward pass.
        dropped: (H, B, N, M), the weights by which the states were read.
        kept: (H, B, N, M), these where the score was not clipped, else 0.
        d_scores: (H, B, N, M), of the scores by the sums of values.
        d_read: (B, N, D), of the sums of states.
        d_states: (B, N, M, D) or None, of the states as a result.
    """
    query, key, _, features, kernel, bias, vector, _, states, *_ = ctx.saved_tensors
    heads, width, blocks = vector.shape[0], query.shape[-1], ctx.blocks
    sums = head_sums(heads, query).t()  # (H, D)
    to_scores = sums * vector.reshape(1, -1)
    d_query, d_key, d_kernel, d_scorer = (
        torch.zeros_like(x) for x in (query, key, kernel, to_scores)
    )
    d_bias = query.new_zeros((1, 2 * width))
    d_features = blocks.result(features, features.shape[-1]) if ctx.needs_input_grad[3] else None
    # four times the scale: sqrt |4 x| divides in the derivative of the root
    scale_kernel = 4 * kernel[:, :width]
    scale_bias = None if bias is None else 4 * bias[:width]
    ones = query.new_ones((1, blocks.size))
    given, both, *wide = blocks.rooms(features, features.shape[-1], 2 * width, *[width] * 4)
    for block in blocks:
        g, r, m = block.shape
        joined, one, two, three, four = (room[: block.count] for room in (both, *wide))
        state = block.rows_of(states, one)
        sent = block.of_receivers(d_read).reshape(-1, 1, width) * sums  # (g r, H, D)
        d_weights = torch.bmm(sent, state.view(-1, m, width).mT).view(g, r, heads, m)
        d_score = torch.addcmul(
            block.of_heads(d_scores), d_weights.permute(2, 0, 1, 3), block.of_heads(kept)
        ).view(heads, -1)
        d_scorer.addmm_(d_score, state)
        change = torch.mm(d_score.t(), to_scores, out=two)
        weights = block.of_heads(dropped).reshape(heads, -1, m).permute(1, 2, 0)  # (g r, m, H)
        change.view(-1, m, width).baddbmm_(weights, sent)
        if d_states is not None:
            block.add(change, d_states)
        d_shift = joined[:, width:]
        torch.ops.aten.threshold_backward.grad_input(change, state, 0, grad_input=d_shift)
        rows = block.rows_of(features, given)
        scale = torch.mm(rows, scale_kernel, out=three)
        scale = scale if bias is None else scale.add_(scale_bias)
        ends = block.sums_of_ends(query, key, one)
        slope = torch.mul(ends, scale, out=four).abs_()
        slope = functional.threshold_(slope, 0, torch.inf).sqrt_()
        d_joint = torch.div(d_shift, slope, out=change)
        torch.mul(d_joint, ends, out=joined[:, :width])
        d_ends = d_joint.mul_(scale).view(g, r, m, width)
        block.of_receivers(d_query).copy_(d_ends.sum(2))
        block.of_senders(d_key).add_(d_ends.sum(1))
        d_kernel.addmm_(rows.t(), joined)
        d_bias.addmm_(ones[:, : block.count], joined)
        if d_features is not None:
            block.put(d_features, torch.mm(joined, kernel.t()))
    d_vector = d_scorer.mul_(sums).sum(0).view(vector.shape)
    d_bias = None if bias is None else d_bias.view(-1)
    return d_query.mul_(0.25), d_key.mul_(0.25), d_features, d_kernel, d_bias, d_vector


attention = _ConditionalAttention.apply
