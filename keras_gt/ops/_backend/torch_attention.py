"""PyTorch edge attention and weighted sums with their own gradients.

With p_e = exp(score_e - top_i), d_i = sum_e p_e and the dropout factor f_e, the output of receiver
i is sum_e f_e p_e v_j / d_i. The denominator is folded into the rows: forward divides the sums,
backward divides the incoming gradient g_i once, after which the gradient of a score is
p_e (f_e g_i . v_j - g_i . out_i), with no further reduction over edges.
"""

import functools

import torch

from keras_gt.ops._backend.torch_edges import (
    edge_dots,
    receiver_runs,
    run_softmax,
    run_sum,
    sender_runs,
    weighted_rows,
    wide_runs,
)


def heads_first(x):
    """(R, H, ...) -> (H, R, ...), contiguous."""
    return x.transpose(0, 1).contiguous()


def real_mask(mask):
    """The mask, or None where it is True everywhere (looked up on a CPU only: it is free)."""
    if mask is None or (mask.device.type == "cpu" and all_true(mask)):
        return None
    return mask


def all_true(mask):
    """Whether a mask is True everywhere: the least of its bytes is found faster than `all` is."""
    return mask.numel() == 0 or bool(mask.view(torch.uint8).amin())


class _SoftmaxAggregation:
    """What additive and dot-product attention share: softmax, aggregation and their gradient."""

    def __init__(self, plan, value, factor):
        self.plan, self.mask = plan, real_mask(plan["mask"])
        self.factor = None if factor is None else factor.t().to(value.dtype).contiguous()  # (H, E)
        self.runs = receiver_runs(plan)
        self.value = heads_first(value)  # (H, S, V)
        self.num_heads = value.shape[1]
        self.num_receivers = plan["receiver_offsets"].shape[0] - 1
        self.num_senders, self.num_edges = value.shape[0], plan["senders"].shape[0]

    def rows(self, count, size):
        return self.value.new_empty((count, self.num_heads, size))

    def per_receiver(self):
        return self.value.new_empty((self.num_heads, self.num_receivers))

    def per_edge(self):
        return self.value.new_empty((self.num_heads, self.num_edges))

    def aggregate(self, scores, run, out, inverse):
        """Softmax of a run's scores and its weighted sum; returns exp(score - top), (H, edges)."""
        mask = None if self.mask is None else self.mask[run.edges]
        weights, total = run_softmax(scores, mask, run)
        inverse[:, run.rows] = torch.where(total > 0, total.reciprocal(), total)
        dropped = weights if self.factor is None else weights * self.factor[:, run.edges]
        self.put_rows(out, dropped, self.value, run, inverse)
        return weights

    def put_rows(self, out, weights, table, run, factor=None):
        """out_i = factor_i sum_e weights_e table_j of a run: (H, edges), (H, C, V) -> (R, H, V)."""
        for heads, wide in run.products(self.num_heads, table.shape[1]):
            self.put_product(out, weights[heads], table, heads, run, wide, factor)

    def put_product(self, out, weights, table, heads, run, wide, factor=None):
        """`put_rows` of some heads, whose run side by side is `wide`."""
        total = weighted_rows(weights.reshape(-1), table[heads].flatten(0, 1), wide)
        total = total.view(-1, run.count, table.shape[2]).transpose(0, 1)  # (rows, heads, V)
        if factor is not None:
            total = total * factor[heads, run.rows].t()[..., None]
        out[run.rows, heads] = total

    def put_dots(self, out, rows, table, run):
        """out_e = rows_i . table_j of a run: (H, R, K), (H, C, K) -> (H, edges), given as 0."""
        for heads, wide in run.products(self.num_heads, table.shape[1]):
            chosen = rows[heads, run.rows].flatten(0, 1)
            edge_dots(chosen, table[heads].flatten(0, 1), wide, out=out[heads].view(-1))

    def scaled_gradient(self, gradient, out, inverse):
        """The folded gradient g_i / d_i, (H, R, V), and its product with out_i, (H, R)."""
        scaled = gradient * inverse.t()[..., None]  # (R, H, V)
        return heads_first(scaled), (scaled * out).sum(-1).t().contiguous()

    def score_gradient(self, run, weights, scaled, product):
        """p_e (f_e g_i . v_j - g_i . out_i) of a run: (H, edges)."""
        result = torch.zeros_like(weights)  # edge_dots adds to what is there
        self.put_dots(result, scaled, self.value, run)
        if self.factor is not None:
            result.mul_(self.factor[:, run.edges])
        return result.sub_(product[:, run.rows].index_select(1, run.local_rows)).mul_(weights)

    @functools.cached_property
    def sender_runs(self):
        return sender_runs(self.plan)

    def scatter(self, weights, table, dropped=False):
        """sum_e weights_e table_i for each sender j: (H, E), (H, R, V) -> (S, H, V).

        `dropped` takes |weights| times the dropout factors. A few heads at a time, so that the
        weights to reorder stay in the cache.
        """
        out = self.rows(self.num_senders, table.shape[2])
        for run in self.sender_runs:
            order = self.plan["sender_order"][run.edges]
            for heads, wide in run.products(self.num_heads, table.shape[1]):
                chosen = weights[heads].index_select(1, order)
                if dropped:
                    chosen.abs_()
                if dropped and self.factor is not None:
                    chosen.mul_(self.factor[heads].index_select(1, order))
                self.put_product(out, chosen, table, heads, run, wide)
        return out


class _AdditiveAttention(torch.autograd.Function):
    """softmax_j LeakyReLU(receiver_logits_i + sender_logits_j + bias_ij), applied to the values."""

    @staticmethod
    def forward(ctx, receiver_logits, sender_logits, value, bias, factor, plan, slope):
        shared = _SoftmaxAggregation(plan, value, factor)
        left, right = receiver_logits.t().contiguous(), sender_logits.t().contiguous()  # (H, R)
        out = shared.rows(shared.num_receivers, value.shape[2])
        inverse, saved = shared.per_receiver(), shared.per_edge()
        for run in shared.runs:
            logits = right.index_select(1, run.columns)  # (H, edges)
            logits.add_(left[:, run.rows].index_select(1, run.local_rows))
            if bias is not None:
                logits.add_(bias[run.edges].t())
            scores = torch.nn.functional.leaky_relu(logits, slope)
            weights = shared.aggregate(scores, run, out, inverse)
            # the sign of the logit, which the gradient needs, travels in the sign of the weight
            torch.copysign(weights, logits, out=saved[:, run.edges])
        ctx.shared, ctx.slope, ctx.has_bias = shared, slope, bias is not None
        ctx.save_for_backward(saved, inverse, out)
        return out

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, gradient):
        saved, inverse, out = ctx.saved_tensors
        shared = ctx.shared
        scaled, product = shared.scaled_gradient(gradient, out, inverse)
        d_receivers = shared.per_receiver()
        d_senders = out.new_zeros((shared.num_heads, shared.num_senders))
        d_bias = shared.per_edge() if ctx.has_bias else None
        for run in shared.runs:
            signed = saved[:, run.edges]
            change = shared.score_gradient(run, signed.abs(), scaled, product)
            change = torch.ops.aten.leaky_relu_backward(change, signed, ctx.slope, False)
            d_receivers[:, run.rows] = run_sum(change, run)
            d_senders.scatter_add_(1, run.columns.long().expand_as(change), change)
            if ctx.has_bias:
                d_bias[:, run.edges] = change
        d_value = shared.scatter(saved, scaled, dropped=True)
        d_bias = d_bias.t() if ctx.has_bias else None
        return d_receivers.t(), d_senders.t(), d_value, d_bias, None, None, None


class _DotAttention(torch.autograd.Function):
    """softmax_j (query_i . key_j + bias_ij), applied to the values."""

    @staticmethod
    def forward(ctx, query, key, value, bias, factor, plan):
        shared = _SoftmaxAggregation(plan, value, factor)
        queries, keys = heads_first(query), heads_first(key)
        out = shared.rows(shared.num_receivers, value.shape[2])
        inverse, saved = shared.per_receiver(), shared.per_edge()
        for run in shared.runs:
            scores = out.new_zeros((shared.num_heads, run.columns.shape[0]))
            shared.put_dots(scores, queries, keys, run)
            if bias is not None:
                scores.add_(bias[run.edges].t())
            saved[:, run.edges] = shared.aggregate(scores, run, out, inverse)
        ctx.shared, ctx.has_bias = shared, bias is not None
        ctx.save_for_backward(queries, keys, saved, inverse, out)
        return out

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, gradient):
        queries, keys, saved, inverse, out = ctx.saved_tensors
        shared = ctx.shared
        scaled, product = shared.scaled_gradient(gradient, out, inverse)
        d_scores = shared.per_edge()
        d_query = shared.rows(shared.num_receivers, queries.shape[2])
        for run in shared.runs:
            change = shared.score_gradient(run, saved[:, run.edges], scaled, product)
            d_scores[:, run.edges] = change
            shared.put_rows(d_query, change, keys, run)
        d_value = shared.scatter(saved, scaled, dropped=True)
        d_key = shared.scatter(d_scores, queries)
        d_bias = d_scores.t() if ctx.has_bias else None
        return d_query, d_key, d_value, d_bias, None, None


class _WeightedSum(torch.autograd.Function):
    """sum_j weights_ij value_j over each receiver's edges."""

    @staticmethod
    def forward(ctx, value, weights, plan):
        ctx.plan = plan
        ctx.save_for_backward(value, weights)
        runs = wide_runs(plan["receiver_offsets"], plan["receivers"], plan["senders"])
        return torch.cat([weighted_rows(weights[run.edges], value, run) for run in runs])

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, gradient):
        value, weights = ctx.saved_tensors
        plan, gradient = ctx.plan, gradient.contiguous()
        d_value = d_weights = None
        if ctx.needs_input_grad[0]:
            chosen = weights.index_select(0, plan["sender_order"])
            d_value = torch.cat(
                [weighted_rows(chosen[run.edges], gradient, run) for run in sender_runs(plan)]
            )
        if ctx.needs_input_grad[1]:
            d_weights = torch.zeros_like(weights)
            for run in wide_runs(plan["receiver_offsets"], plan["receivers"], plan["senders"]):
                edge_dots(gradient[run.rows], value, run, out=d_weights[run.edges])
        return d_value, d_weights, None


additive = _AdditiveAttention.apply
dot = _DotAttention.apply
weighted_sum = _WeightedSum.apply
