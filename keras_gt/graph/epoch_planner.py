"""The batches of each epoch: shuffled by a seed, with the same few sizes every time."""

import numpy as np

from keras_gt.graph.budget import Budget
from keras_gt.graph.packing import choose_shapes, deal, fitting_shape, slot_sizes

SIMULATED_ROWS = 2000  # rows whose sizes are looked at before the budgets of shuffled data are set
MAX_ATTEMPTS = 100


def round_up(size):
    """The least of 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, ... that is not below the size."""
    step = 1 << max(0, int(size - 1).bit_length() - 3)
    return -(-int(size) // step) * step


class EpochPlanner:
    """Says which graphs lie where in each batch of each epoch.

    Several graphs a row: an order is cut into batches of equal graph counts, and the sizes are
    chosen from the orders of the first epochs. A later order with a batch that fits no size is
    drawn again. One graph a row and several rows: graphs of like size share a batch. In both
    cases every epoch has the same number of batches.

    Where batches differ in size, the first two do: Keras on TensorFlow takes the axes that may vary
    from these two. A kept order has a size above the largest for that; others are rearranged.

    Args:
        node_counts: (n,) integers, nodes of each graph.
        edge_counts: (n,) integers, edges of each graph.
        graphs_per_row: int G, graph slots of a row.
        rows: int R, rows of a batch.
        max_shapes: int, the most different sizes.
        shuffle: bool, whether each epoch has an order of its own.
        seed: int, seed of the orders.
        round_sizes: bool, whether the sizes are rounded up to one of four an octave.
    """

    def __init__(
        self,
        node_counts,
        edge_counts,
        graphs_per_row,
        rows,
        max_shapes,
        shuffle,
        seed,
        round_sizes=False,
    ):
        self._nodes, self._edges = node_counts, np.maximum(edge_counts, 1)
        self._graphs_per_row, self._rows = graphs_per_row, rows
        self._shuffle, self._seed = shuffle, seed
        self._bucketed = graphs_per_row == 1 and rows > 1
        self._keeps_order = not (shuffle or self._bucketed)
        if self._bucketed:
            self._shapes = choose_shapes(self._nodes, self._edges, max_shapes)
            self._bucket = fitting_shape(self._nodes, self._edges, self._shapes)
        elif self._keeps_order:
            self._shapes = choose_shapes(*self._known_sizes(1), max(1, max_shapes - 1))
        else:
            num_batches = len(self._slots(0, 0))
            num_known = int(np.clip(-(-SIMULATED_ROWS // num_batches), 16, 200))
            self._shapes = choose_shapes(*self._known_sizes(num_known), max_shapes)
            # The sizes were taken from these orders, so one of them is usable.
            self._fallback = next(e for e in range(num_known) if self._usable(self._draw(e, 0)[1]))
        if round_sizes:
            rounded = [(round_up(nodes), round_up(edges)) for nodes, edges in self._shapes]
            self._shapes = sorted(set(rounded))
        nodes, edges = self._shapes[-1]
        spare = [(nodes + 8, edges + 8)] if self._keeps_order and len(self._shapes) > 1 else []
        self.budgets = tuple(Budget(n, e, graphs_per_row) for n, e in self._shapes + spare)

    def plan(self, epoch):
        """The batches of one epoch.

        Args:
            epoch: int, at least 0.

        Returns:
            Pair of slots, (batches, R, G) integers with -1 for an empty slot, and the number of
            each batch's budget, (batches,) integers.
        """
        if not self._shuffle or self._bucketed:
            return self._with_unequal_start(*self._draw(epoch, 0))
        for attempt in range(MAX_ATTEMPTS):
            slots, shape = self._draw(epoch, attempt)
            if self._usable(shape):
                return self._with_unequal_start(slots, shape)
        return self._with_unequal_start(*self._draw(self._fallback, 0))

    def _draw(self, epoch, attempt):
        slots = self._slots(epoch, attempt)
        return slots, fitting_shape(*self._batch_sizes(slots), self._shapes)

    def _usable(self, shape):
        """Every batch fits a size, and the first two can be made to differ."""
        last = len(self._shapes) - 1
        return shape.max() <= last and (last == 0 or shape.min() < last)

    def _with_unequal_start(self, slots, shape):
        if len(self.budgets) == 1 or shape.size == 1 or shape[0] != shape[1]:
            return slots, shape
        others = np.flatnonzero(shape != shape[0])
        if others.size and not self._keeps_order:
            swapped = np.arange(shape.size)
            swapped[[1, others[0]]] = others[0], 1
            return slots[swapped], shape[swapped]
        if not self._bucketed:
            shape[0] += 1
        return slots, shape

    def _slots(self, epoch, attempt):
        order = np.arange(self._nodes.size)
        if not self._shuffle:
            return self._arrange(order)
        generator = np.random.default_rng([self._seed, epoch, attempt])
        slots = self._arrange(generator.permutation(order))
        return generator.permutation(slots) if self._bucketed else slots

    def _arrange(self, order):
        if not self._bucketed:
            return deal(order, self._nodes, self._rows, self._graphs_per_row)
        batches, waiting = [], order[:0]
        for bucket in range(len(self._shapes)):
            # What does not fill a batch waits for the next larger size.
            waiting = np.append(waiting, order[self._bucket[order] == bucket])
            full = waiting.size // self._rows * self._rows
            batches.append(waiting[:full])
            waiting = waiting[full:]
        order = np.concatenate([*batches, waiting])
        order = np.append(order, np.full(-order.size % self._rows, -1))
        return order.reshape(-1, self._rows, 1)

    def _batch_sizes(self, slots):
        """The largest row of each batch: pair of (batches,) nodes and edges."""
        nodes = slot_sizes(slots, self._nodes).sum(axis=2).max(axis=1)
        edges = slot_sizes(slots, self._edges).sum(axis=2).max(axis=1)
        return nodes, edges

    def _known_sizes(self, num_epochs):
        """Batch sizes of the first epochs: pair of (batches,) nodes and edges."""
        sizes = [self._batch_sizes(self._slots(epoch, 0)) for epoch in range(num_epochs)]
        return tuple(np.concatenate(part) for part in zip(*sizes, strict=True))
