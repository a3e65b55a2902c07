"""Where each graph lies in a batch, to cut outputs back into graphs."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True, eq=False)
class Placement:
    """The real graphs of one batch and where they lie; one entry a graph, n graphs.

    Args:
        graph: (n,) integers, the graph's number in the list that was batched.
        row: (n,) integers, its row.
        slot: (n,) integers, its slot in that row.
        node_start: (n,) integers, its first node in that row.
        num_nodes: (n,) integers, how many nodes it has.
    """

    graph: np.ndarray
    row: np.ndarray
    slot: np.ndarray
    node_start: np.ndarray
    num_nodes: np.ndarray

    @classmethod
    def from_slots(cls, slots, node_counts):
        """Placement of the graphs of a batch.

        Args:
            slots: (R, G) integers, which graph lies in each slot; -1 is an empty slot.
            node_counts: nodes of each graph of the list.

        Returns:
            A `Placement`, rows and slots ascending.
        """
        slots = np.asarray(slots)
        taken = np.where(slots >= 0, node_counts[slots], 0)
        starts = np.cumsum(taken, axis=1) - taken
        row, slot = np.nonzero(slots >= 0)
        return cls(slots[row, slot], row, slot, starts[row, slot], taken[row, slot])

    def graph_values(self, outputs):
        """Per-graph outputs (R, G, ...) -> (n, ...) in the order of `graph`."""
        return np.asarray(outputs)[self.row, self.slot]

    def node_values(self, outputs):
        """Per-node outputs (R, N, ...) -> list of n arrays (nodes, ...) in the order of `graph`."""
        outputs = np.asarray(outputs)
        spans = zip(self.row, self.node_start, self.num_nodes, strict=True)
        return [outputs[row, start : start + count] for row, start, count in spans]
