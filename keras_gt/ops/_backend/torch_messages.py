"""PyTorch sums of messages that are made edge by edge, a few thousand edges at a time.

Arrays of the size of the edges times the features cost more to create than to compute with: a
chunk of edges stays in the cache, and its buffers serve the next chunk.
"""

import torch

_CHUNK_ELEMENTS = {"cpu": 1 << 18, "other": 1 << 26}  # other devices want few, large kernels


class _Messages:
    """The real edges in chunks, and the sums value_j + pair_e along them.

    Args:
        value: (S, D) tensor.
        pairs: (E, D) tensor.
        plan: see `generic`.
    """

    def __init__(self, value, pairs, plan):
        self.value, self.pairs = value, pairs
        self.senders, self.receivers = plan["senders"], plan["receivers"]
        self.edges = None  # all of them, in order
        if plan["mask"] is not None and not bool(plan["mask"].all()):
            self.edges = plan["mask"].nonzero().squeeze(1)
            self.senders = self.senders.index_select(0, self.edges)
            self.receivers = self.receivers.index_select(0, self.edges)
        elements = _CHUNK_ELEMENTS["cpu" if value.device.type == "cpu" else "other"]
        self.size = max(1, elements // max(1, value.shape[1]))

    def buffer(self):
        """Room for a value an edge and feature of one chunk."""
        edges = min(self.size, self.senders.shape[0])
        return self.value.new_empty((edges, self.value.shape[1]))

    def chunks(self):
        """(edges, senders, receivers, value_j + pair_e) of each chunk; the last is overwritten."""
        sums, rows = self.buffer(), None if self.edges is None else self.buffer()
        for start in range(0, self.senders.shape[0], self.size):
            part = slice(start, start + self.size)
            senders, receivers = self.senders[part], self.receivers[part]
            total = sums[: senders.shape[0]]
            torch.index_select(self.value, 0, senders, out=total)
            if self.edges is None:
                total.add_(self.pairs[part])
            else:
                part = self.edges[part]
                pairs = rows[: senders.shape[0]]
                total.add_(torch.index_select(self.pairs, 0, part, out=pairs))
            yield part, senders, receivers, total


def _add_rows(total, index, rows):
    """Adds each row to total[index]: several times faster than index_add_ on a CPU."""
    total.scatter_add_(0, index.long()[:, None].expand(rows.shape), rows)


class _RectifiedSum(torch.autograd.Function):
    """sum_e relu(value_j + pair_e) over each receiver's edges."""

    @staticmethod
    def forward(ctx, value, pairs, plan, num_receivers):
        ctx.plan = plan
        ctx.save_for_backward(value, pairs)
        total = value.new_zeros((num_receivers, value.shape[1]))
        for _, _, receivers, sums in _Messages(value, pairs, plan).chunks():
            _add_rows(total, receivers, sums.clamp_min_(0))
        return total

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, gradient):
        value, pairs = ctx.saved_tensors
        gradient = gradient.contiguous()
        messages = _Messages(value, pairs, ctx.plan)
        d_value = torch.zeros_like(value)
        d_pairs = torch.zeros_like(pairs) if ctx.needs_input_grad[1] else None
        changes = messages.buffer()
        for edges, senders, receivers, sums in messages.chunks():
            change = changes[: senders.shape[0]]
            torch.index_select(gradient, 0, receivers, out=change)
            torch.ops.aten.threshold_backward.grad_input(change, sums, 0, grad_input=change)
            _add_rows(d_value, senders, change)
            if d_pairs is not None:
                d_pairs[edges] = change
        return d_value, d_pairs, None, None


rectified_sum = _RectifiedSum.apply
