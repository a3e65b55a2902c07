"""PyTorch sums of messages that are made edge by edge, a few thousand edges at a time.

Arrays of the size of the edges times the features cost more to create than to compute with: a
chunk of edges stays in the cache, and its buffers serve the next chunk.
"""

import torch

from keras_gt.ops._backend.torch_attention import all_true

_HUGE = 1e30  # stands for infinity
_CHUNK_ELEMENTS = {"cpu": 1 << 17, "other": 1 << 26}  # other devices want few, large kernels


def chunk_size(rows):
    """How many edges with rows as wide as these a chunk has."""
    elements = _CHUNK_ELEMENTS["cpu" if rows.device.type == "cpu" else "other"]
    return max(1, elements // max(1, rows.shape[-1]))


class _Messages:
    """The real edges in chunks, and the sums value_j + pair_e along them.

    Args:
        value: (S, D) tensor.
        pairs: (E, D) tensor, or None for the messages value_j.
        plan: see `generic`.
    """

    def __init__(self, value, pairs, plan):
        self.value, self.pairs = value, pairs
        self.senders, self.receivers = plan["senders"], plan["receivers"]
        self.edges = None  # all of them, in order
        if plan["mask"] is not None and not all_true(plan["mask"]):
            self.edges = plan["mask"].nonzero().squeeze(1)
            self.senders = self.senders.index_select(0, self.edges)
            self.receivers = self.receivers.index_select(0, self.edges)
        self.size = chunk_size(value)

    def buffer(self):
        """Room for a value an edge and feature of one chunk."""
        edges = min(self.size, self.senders.shape[0])
        return self.value.new_empty((edges, self.value.shape[1]))

    def chunks(self):
        """(edges, senders, receivers, value_j + pair_e) of each chunk; the last is overwritten."""
        sums = self.buffer()
        chosen = None if self.edges is None else self.buffer()
        for start in range(0, self.senders.shape[0], self.size):
            part = slice(start, start + self.size)
            senders, receivers = self.senders[part], self.receivers[part]
            total = sums[: senders.shape[0]]
            torch.index_select(self.value, 0, senders, out=total)
            edges = part if self.edges is None else self.edges[part]
            if self.pairs is not None:
                total.add_(self._pairs_of(edges, chosen))
            yield edges, senders, receivers, total

    def _pairs_of(self, edges, room):
        """The rows of the pairs, in `room` where they are not side by side."""
        if self.edges is None:
            return self.pairs[edges]
        return torch.index_select(self.pairs, 0, edges, out=room[: edges.shape[0]])

    def put(self, target, edges, rows):
        """target[edges] = rows: PyTorch's own assignment looks at each entry's place."""
        if self.edges is None:
            target[edges] = rows
        else:
            target.index_copy_(0, edges, rows)


def add_rows(total, index, rows):
    """Adds each row to total[index]: several times faster than index_add_ on a CPU."""
    total.scatter_add_(0, index.long()[:, None].expand(rows.shape), rows)


class _RectifiedSum(torch.autograd.Function):
    """sum_e relu(value_j + pair_e) over each receiver's edges, beside its own value if `own`.

    Masked edges read and write a spare row, which costs less than picking the others out.
    """

    @staticmethod
    def forward(ctx, value, pairs, plan, num_receivers, own):
        mask = plan["mask"]
        spare = None if mask is None else ~mask
        ctx.save_for_backward(value, pairs, plan["senders"], plan["receivers"], spare)
        ctx.own = own
        if own:
            total = with_spare(value)
        else:
            total = value.new_zeros((num_receivers + 1, value.shape[1]))
        parts = _parts(value, pairs, plan["senders"], _rows_of(total, plan["receivers"], spare))
        for _, sums, receivers in parts:
            total.scatter_add_(0, receivers, sums.clamp_min_(0))
        return total[:num_receivers]

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, gradient):
        value, pairs, senders, receivers, spare = ctx.saved_tensors
        if ctx.own:
            d_value = with_spare(gradient)
        else:
            d_value = value.new_zeros((value.shape[0] + 1, value.shape[1]))
        d_pairs = torch.empty_like(pairs) if ctx.needs_input_grad[1] else None
        room = None
        parts = _parts(value, pairs, senders, receivers, _rows_of(d_value, senders, spare))
        for part, sums, chosen, rows in parts:
            if d_pairs is not None:
                change = d_pairs[part]
            else:
                room = torch.empty_like(sums) if room is None else room
                change = room[: sums.shape[0]]
            torch.index_select(gradient, 0, chosen, out=change)
            torch.ops.aten.threshold_backward.grad_input(change, sums, 0, grad_input=change)
            d_value.scatter_add_(0, rows, change)
        if d_pairs is not None and spare is not None:
            d_pairs.index_fill_(0, spare.nonzero().squeeze(1), 0)
        return d_value[:-1], d_pairs, None, None, None


def with_spare(rows):
    """Rows (R, D) and one more of 0."""
    result = rows.new_empty((rows.shape[0] + 1, rows.shape[1]))
    result[:-1] = rows
    result[-1] = 0
    return result


def _rows_of(total, index, spare):
    """The row of `total` for each edge and feature (E, D): the last where `spare` is true."""
    index = index.long()
    index = index if spare is None else index.masked_fill(spare, total.shape[0] - 1)
    return index[:, None].expand(-1, total.shape[1])


def _parts(value, pairs, senders, *others):
    """(slice of the edges, value_j + pair_e, *others) of each chunk; the second is overwritten."""
    size = chunk_size(value)
    room = value.new_empty((min(size, senders.shape[0]), value.shape[1]))
    chunks = zip(*(x.split(size) for x in (senders, pairs, *others)), strict=True)
    for number, (chosen, added, *rest) in enumerate(chunks):
        total = torch.index_select(value, 0, chosen, out=room[: chosen.shape[0]])
        yield slice(number * size, (number + 1) * size), total.add_(added), *rest


class _Statistics(torch.autograd.Function):
    """Mean, maximum, minimum and variance over each receiver's messages value_j + pair_e."""

    @staticmethod
    def forward(ctx, value, pairs, plan, num_receivers):
        messages = _Messages(value, pairs, plan)
        shape = (num_receivers, value.shape[1])
        total, squares = value.new_zeros(shape), value.new_zeros(shape)
        top, bottom = value.new_full(shape, -_HUGE), value.new_full(shape, _HUGE)
        count = value.new_zeros((num_receivers, 1))
        for _, _, receivers, message in messages.chunks():
            index = receivers.long()[:, None].expand(message.shape)
            total.scatter_add_(0, index, message)
            top.scatter_reduce_(0, index, message, "amax")
            bottom.scatter_reduce_(0, index, message, "amin")
            count.scatter_add_(0, index[:, :1], torch.ones_like(message[:, :1]))
        inverse = count.clamp_min(1).reciprocal_()  # 1 / d_i, (R, 1)
        mean = total.mul_(inverse)
        means = messages.buffer()
        for _, _, receivers, message in messages.chunks():
            part = torch.index_select(mean, 0, receivers, out=means[: receivers.shape[0]])
            add_rows(squares, receivers, message.sub_(part).square_())
        empty = count == 0
        top.masked_fill_(empty, 0)
        bottom.masked_fill_(empty, 0)
        ctx.plan = plan
        ctx.save_for_backward(value, pairs, mean, top, bottom, inverse)
        return mean, top, bottom, squares.mul_(inverse)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, d_mean, d_top, d_bottom, d_variance):
        value, pairs, mean, top, bottom, inverse = ctx.saved_tensors
        messages = _Messages(value, pairs, ctx.plan)
        room = messages.buffer()

        def rows(table, receivers):
            return torch.index_select(table, 0, receivers, out=room[: receivers.shape[0]])

        # ties share the gradient of an extreme
        extremes = [(top, d_top, torch.zeros_like(top)), (bottom, d_bottom, torch.zeros_like(top))]
        for _, _, receivers, message in messages.chunks():
            for extreme, _, count in extremes:
                add_rows(count, receivers, message.eq(rows(extreme, receivers)).to(value.dtype))
        shares = [(extreme, d / count.clamp_min_(1)) for extreme, d, count in extremes]
        d_mean, d_variance = d_mean * inverse, d_variance * (2 * inverse)
        d_value = torch.zeros_like(value)
        d_pairs = torch.zeros_like(pairs) if ctx.needs_input_grad[1] else None
        for edges, senders, receivers, message in messages.chunks():
            change = d_mean.index_select(0, receivers)
            for extreme, share in shares:
                reached = message.eq(rows(extreme, receivers))
                change.addcmul_(rows(share, receivers), reached)
            message.sub_(rows(mean, receivers))
            change.addcmul_(message, rows(d_variance, receivers))
            add_rows(d_value, senders, change)
            if d_pairs is not None:
                messages.put(d_pairs, edges, change)
        return d_value, d_pairs, None, None


rectified_sum = _RectifiedSum.apply
statistics = _Statistics.apply
