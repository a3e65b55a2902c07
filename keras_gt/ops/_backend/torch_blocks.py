"""PyTorch: all pairs of the nodes of each row, cut into blocks that stay in the cache.

The rows of the batch are put in the order of their real nodes: those of like size share a block,
and what is masked at the end of a row is left out.
"""

import torch

from keras_gt.ops._backend.torch_messages import chunk_size


class _Block:
    """The pairs of g rows of the batch, r of their receivers and their first m senders.

    Args:
        numbers: list of the g rows' places in the batch.
        rows: slice, their places in order.
        receivers: slice.
        senders: int.
        is_whole: bool, whether none of these pairs is masked.
    """

    def __init__(self, numbers, rows, receivers, senders, is_whole):
        self.numbers, self.rows, self.receivers = numbers, rows, receivers
        self.senders = slice(0, senders)
        self.is_whole = is_whole
        self.shape = (len(numbers), receivers.stop - receivers.start, senders)
        self.lists = self.shape[0] * self.shape[1]  # g r
        self.count = self.lists * senders  # n

    def of_receivers(self, x):
        """(B, N, ...) in order -> (g, r, ...)."""
        return x[self.rows, self.receivers]

    def of_senders(self, x):
        """(B, M, ...) in order -> (g, m, ...)."""
        return x[self.rows, self.senders]

    def of_heads(self, x):
        """(H, B, N, M) in order -> (H, g, r, m)."""
        return x[:, self.rows, self.receivers, self.senders]

    def _of_row(self, x, number):
        return x[number, self.receivers, self.senders]

    def rows_of(self, x, room):
        """(B, N, M, D) -> (n, D), in `room` where they are not side by side."""
        first, last = self.numbers[0], self.numbers[-1]
        if last - first == len(self.numbers) - 1:
            part = x[first : last + 1, self.receivers, self.senders]
            if part.is_contiguous():
                return part.view(self.count, -1)
        room = room[: self.count]
        parts = room.view(*self.shape, -1)
        for part, number in zip(parts, self.numbers, strict=True):
            part.copy_(self._of_row(x, number))
        return room

    def put(self, target, rows):
        """Writes rows (n, D) to a (B, N, M, D)."""
        for part, number in zip(rows.view(*self.shape, -1), self.numbers, strict=True):
            self._of_row(target, number).copy_(part)

    def add(self, rows, x):
        """Adds the pairs of x (B, N, M, D) to rows (n, D)."""
        for part, number in zip(rows.view(*self.shape, -1), self.numbers, strict=True):
            part.add_(self._of_row(x, number))

    def sums_of_ends(self, query, key, room):
        """query_i + key_j of the pairs, from (B, N, D) and (B, M, D) in order: (n, D)."""
        room = room[: self.count]
        queries, keys = self.of_receivers(query)[:, :, None], self.of_senders(key)[:, None]
        torch.add(queries, keys, out=room.view(*self.shape, -1))
        return room


class _Blocks:
    """All blocks.

    Args:
        features: (B, N, M, C) tensor.
        mask: (B, N, M) bool tensor or None.
    """

    def __init__(self, features, mask):
        rows, receivers, senders, _ = features.shape
        self.order, self.blocks = None, []
        sizes, numbers = [(receivers, senders, receivers * senders)] * rows, list(range(rows))
        if mask is not None and features.is_cpu:
            sizes = _real_sizes(mask)
            numbers.sort(key=sizes.__getitem__)
            self.order = torch.tensor(numbers, device=features.device)
        self.ends = [(receivers, senders)] * rows  # of what the blocks of a row hold
        size = 2 * chunk_size(features)  # the many steps of a block cost more than a larger cache
        self._cut(numbers, sizes, size, mask is not None and not features.is_cpu)
        self.size = max((block.count for block in self.blocks), default=0)
        self.are_all = sum(block.count for block in self.blocks) == rows * receivers * senders

    def _cut(self, numbers, sizes, size, unknown):
        first = 0
        while first < len(numbers):
            count, width, real = sizes[numbers[first]]
            end = first + 1
            while end < len(numbers):
                more = sizes[numbers[end]]
                largest = max(count, more[0]), max(width, more[1])
                if (end + 1 - first) * largest[0] * largest[1] > size:
                    break
                end, (count, width), real = end + 1, largest, real + more[2]
            whole = not unknown and real == (end - first) * count * width
            step = count if end > first + 1 else max(1, size // max(1, width))
            step = -(-count // -(-count // step)) if count else 1  # as even as can be
            for number in numbers[first:end]:
                self.ends[number] = (count, width)
            for start in range(0, count if width else 0, step):
                receivers = slice(start, min(start + step, count))
                rows = slice(first, end)
                self.blocks.append(_Block(numbers[rows], rows, receivers, width, whole))
            first = end

    def __iter__(self):
        return iter(self.blocks)

    def in_order(self, *arrays):
        """(B, ...) with the rows in order; None stays."""
        if self.order is None:
            return arrays
        return [None if x is None else x.index_select(0, self.order) for x in arrays]

    def as_given(self, *arrays):
        """`in_order` undone."""
        if self.order is None:
            return arrays
        return [torch.empty_like(x).index_copy_(0, self.order, x) for x in arrays]

    def rooms(self, like, *widths):
        """Buffers of a block's size."""
        return [like.new_empty((self.size, width)) for width in widths]

    def result(self, like, width):
        """Room for (B, N, M, width); 0 outside the blocks."""
        result = like.new_empty((*like.shape[:3], width))
        if not self.are_all:
            for row, (count, width) in zip(result, self.ends, strict=True):
                row[count:].zero_()
                row[:count, width:].zero_()
        return result


def _real_sizes(mask):
    """For each row: receivers and senders up to the last that is not masked, and its real pairs."""
    sizes = [mask.sum((1, 2))]
    for axis in (1, 2):
        real = mask.any(axis)  # (B, M), (B, N)
        places = torch.arange(1, real.shape[1] + 1, device=mask.device)
        sizes.insert(0, (real * places).amax(1))
    return [tuple(row) for row in torch.stack(sizes, dim=1).tolist()]


pair_blocks = _Blocks
