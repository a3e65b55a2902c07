"""PyTorch products along edges and sums of weighted values, a few thousand edges at a time.

A chunk of edges stays in the cache, and its buffers serve the next one. Heads are summed, and
their weights spread, by a product with a matrix of ones: over a few entries a sum takes PyTorch
several times as long, and a factor of a few entries twice.
"""

import torch

from keras_gt.ops._backend.torch_messages import add_rows, chunk_size


class _Chunks:
    """Slices of the edges with their ends, and buffers of a slice's size.

    Args:
        plan: see `generic`; masked edges are here as others.
        like: (..., D) tensor whose width and type the buffers have.
    """

    def __init__(self, plan, like):
        self.senders, self.receivers = plan["senders"].long(), plan["receivers"].long()
        self.width = like.shape[-1]
        self.size = chunk_size(like)
        self.like = like

    def buffers(self, count):
        size = min(self.size, self.senders.shape[0])
        return [self.like.new_empty((size, self.width)) for _ in range(count)]

    def __iter__(self):
        for start in range(0, self.senders.shape[0], self.size):
            part = slice(start, start + self.size)
            yield part, self.senders[part], self.receivers[part]


def _masked_edges(plan):
    """Positions of masked edges, or None: they are few, and filled faster than chosen by a mask."""
    return None if plan["mask"] is None else (~plan["mask"]).nonzero().squeeze(1)


def _chosen(table, index, room):
    """table[index], in the room of a chunk."""
    return torch.index_select(table, 0, index, out=room[: index.shape[0]])


def head_sums(heads, like):
    """The matrix that sums each head's features, (H K, H); transposed it spreads a head's value."""
    eye = torch.eye(heads, dtype=like.dtype, device=like.device)
    return eye.repeat_interleave(like.shape[-1] // heads, dim=0)


class _EdgeProducts(torch.autograd.Function):
    """q_i * k_j * p_e, if `keep`, and its sum over each head."""

    @staticmethod
    def forward(ctx, query, key, pairs, plan, heads, keep):
        ctx.set_materialize_grads(False)
        ctx.plan, ctx.heads = plan, heads
        ctx.save_for_backward(query, key, pairs)
        sums = head_sums(heads, pairs)
        joint = torch.empty_like(pairs) if keep else None
        scores = pairs.new_empty((pairs.shape[0], heads))
        chunks = _Chunks(plan, pairs)
        first, second = chunks.buffers(2)
        for part, senders, receivers in chunks:
            product = _chosen(query, receivers, joint[part] if keep else first)
            product.mul_(_chosen(key, senders, second)).mul_(pairs[part])
            torch.mm(product, sums, out=scores[part])
        return joint, scores

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, d_joint, d_scores):
        query, key, pairs = ctx.saved_tensors
        spread = head_sums(ctx.heads, pairs).t()
        d_query, d_key = torch.zeros_like(query), torch.zeros_like(key)
        d_pairs = torch.empty_like(pairs)
        chunks = _Chunks(ctx.plan, pairs)
        change, left, right = chunks.buffers(3)
        for part, senders, receivers in chunks:
            d = change[: senders.shape[0]]
            if d_scores is None:
                d.copy_(d_joint[part])
            elif d_joint is None:
                torch.mm(d_scores[part], spread, out=d)
            else:
                torch.addmm(d_joint[part], d_scores[part], spread, out=d)
            q, k = _chosen(query, receivers, left), _chosen(key, senders, right)
            torch.mul(d, q, out=d_pairs[part]).mul_(k)
            d.mul_(pairs[part])
            add_rows(d_query, receivers, k.mul_(d))
            add_rows(d_key, senders, q.mul_(d))
        return d_query, d_key, d_pairs, None, None, None


class _WeightedValues(torch.autograd.Function):
    """sum_e weights_e value_j for each head, without masked edges: (E, H), (S, H V) -> (R, H V)."""

    @staticmethod
    def forward(ctx, weights, value, plan, num_receivers):
        ctx.plan, masked = plan, _masked_edges(plan)
        weights = weights if masked is None else weights.index_fill(0, masked, 0)
        ctx.save_for_backward(weights, value, masked)
        total = value.new_zeros((num_receivers, value.shape[1]))
        spread = head_sums(weights.shape[1], value).t()
        chunks = _Chunks(plan, value)
        room, factors = chunks.buffers(2)
        for part, senders, receivers in chunks:
            factor = torch.mm(weights[part], spread, out=factors[: senders.shape[0]])
            add_rows(total, receivers, factor.mul_(_chosen(value, senders, room)))
        return total

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, gradient):
        weights, value, masked = ctx.saved_tensors
        sums = head_sums(weights.shape[1], value)
        d_weights, d_value = torch.empty_like(weights), torch.zeros_like(value)
        chunks = _Chunks(ctx.plan, value)
        left, right, factors = chunks.buffers(3)
        for part, senders, receivers in chunks:
            g, v = _chosen(gradient, receivers, left), _chosen(value, senders, right)
            torch.mm(v.mul_(g), sums, out=d_weights[part])
            factor = torch.mm(weights[part], sums.t(), out=factors[: senders.shape[0]])
            add_rows(d_value, senders, factor.mul_(g))
        if masked is not None:
            d_weights.index_fill_(0, masked, 0)
        return d_weights, d_value, None, None


class _ClippedExponential(torch.autograd.Function):
    """exp(clip(scores)): clip alone takes four passes backward, as it looks at both limits."""

    @staticmethod
    def forward(ctx, scores, limit):
        result = scores.clamp(-limit, limit).exp_()
        ctx.limit = limit
        ctx.save_for_backward(scores, result)
        return result

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, gradient):
        scores, result = ctx.saved_tensors
        inside = scores.abs() <= ctx.limit  # not for NaN, which masked edges may hold
        return (gradient * result).masked_fill_(~inside, 0), None


class _Shares(torch.autograd.Function):
    """w_e / (sum of the receiver's w + what it reads beside its edges), in few arrays."""

    @staticmethod
    def forward(ctx, weights, others, plan, num_receivers):
        receivers, masked = plan["receivers"].long(), _masked_edges(plan)
        weights = weights if masked is None else weights.index_fill(0, masked, 0)
        total = others.expand(num_receivers, weights.shape[1]).clone()
        add_rows(total, receivers, weights)
        totals = total.index_select(0, receivers)  # (E, H)
        shares = weights / totals
        ctx.save_for_backward(shares, totals, total, receivers, masked)
        return shares

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, gradient):
        shares, totals, total, receivers, masked = ctx.saved_tensors
        mean = torch.zeros_like(total)
        add_rows(mean, receivers, shares * gradient)
        change = (gradient - mean.index_select(0, receivers)).div_(totals)
        if masked is not None:
            change.index_fill_(0, masked, 0)
        d_others = mean.div_(total).neg_() if ctx.needs_input_grad[1] else None
        return change, d_others, None, None


clipped_exponential = _ClippedExponential.apply
edge_products = _EdgeProducts.apply
edge_shares = _Shares.apply
weighted_values = _WeightedValues.apply
