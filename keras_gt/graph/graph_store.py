"""Many graphs as one set of flat arrays, from which batches are gathered."""

import math

import numpy as np

from keras_gt.graph.plan import count_offsets

MAX_PAIR_ELEMENTS = 2**28


class GraphStore:
    """Graphs laid end to end, sorted and planned once, so that a batch is a few gathers.

    Args:
        graphs: sequence of `Graph`, all carrying the same arrays with the same trailing shapes.
            Bags of words may differ in width; they are widened with -1.
        max_pair_elements: int, the largest pair array of a batch that is made; default 2^28.

    Raises:
        ValueError: if there is no graph, one is not valid, or they carry different arrays.

    Example:

    >>> from keras_gt.graph import Graph, GraphStore
    >>> store = GraphStore([Graph(2, [0], [1]), Graph(1, [], [])])
    >>> store.batch([[0, 1]], num_nodes=4, num_edges=2)["graph_ids"]
    array([[0, 0, 1, 1]], dtype=int32)
    """

    def __init__(self, graphs, max_pair_elements=MAX_PAIR_ELEMENTS):
        graphs = list(graphs)
        if not graphs:
            raise ValueError("graphs must hold at least one graph. Received: no graphs")
        for index, graph in enumerate(graphs):
            try:
                graph.validate()
            except ValueError as error:
                raise ValueError(f"graphs[{index}]: {error}") from error
        self.num_graphs = len(graphs)
        self.node_counts = np.array([graph.num_nodes for graph in graphs])
        self.edge_counts = np.array([graph.num_edges for graph in graphs])
        self._node_starts = np.cumsum(self.node_counts) - self.node_counts
        self._edge_starts = np.cumsum(self.edge_counts) - self.edge_counts
        self._add_edges(graphs)
        self._node_arrays = _concatenated([graph.node_arrays() for graph in graphs])
        edge_arrays = _concatenated([graph.edge_arrays() for graph in graphs])
        self._edge_arrays = {name: array[self._order] for name, array in edge_arrays.items()}
        self._pair_arrays = _same_everywhere([graph.pair_encodings for graph in graphs])
        self.max_pair_elements = max_pair_elements

    def _add_edges(self, graphs):
        node_shift = np.repeat(self._node_starts, self.edge_counts)
        senders = np.concatenate([graph.senders for graph in graphs]) + node_shift
        receivers = np.concatenate([graph.receivers for graph in graphs]) + node_shift
        # Node numbers grow from graph to graph, so one sort keeps the edges of a graph together.
        self._order = np.argsort(receivers, kind="stable")
        senders, receivers = senders[self._order], receivers[self._order]
        num_nodes = int(self.node_counts.sum())
        edge_shift = np.repeat(self._edge_starts, self.edge_counts)
        node_edge_shift = np.repeat(self._edge_starts, self.node_counts)
        # All of these count within the graph, not within the store.
        self._senders = (senders - node_shift).astype(np.int32)
        self._receivers = (receivers - node_shift).astype(np.int32)
        self._sender_order = np.argsort(senders, kind="stable") - edge_shift
        self._receiver_offsets = count_offsets(receivers[None], num_nodes)[0, :-1] - node_edge_shift
        self._sender_offsets = count_offsets(senders[None], num_nodes)[0, :-1] - node_edge_shift

    def batch(self, slots, num_nodes, num_edges):
        """Gather one batch.

        Args:
            slots: (R, G) integers: which graph lies in each slot of each row; -1 is an empty slot.
            num_nodes: int, nodes N of a row.
            num_edges: int, edges E of a row; at least one edge is always made.

        Returns:
            Dictionary of arrays with the leading axis R: every node and edge array of the graphs,
            `senders`, `receivers`, `node_mask`, `edge_mask`, `graph_ids`, `graph_mask`,
            `receiver_offsets`, `sender_offsets` and `sender_order`. Padding nodes carry zeros
            (-1 in `feature_ids`) and the number of the last slot; padding edges come last, with
            senders = receivers = N-1. Pair arrays are (R, N, N, ...): the blocks of a row's
            graphs lie on the diagonal, and everything else is 0.

        Raises:
            ValueError: if a row needs more nodes or edges than it has, or a pair array would
                have more than `max_pair_elements` elements.
        """
        slots = np.asarray(slots)
        num_edges = max(1, num_edges)
        num_rows, num_graphs = slots.shape
        nodes = _Spans(slots, self.node_counts, self._node_starts, num_nodes, "nodes")
        edges = _Spans(slots, self.edge_counts, self._edge_starts, num_edges, "edges")
        node_shift, edge_shift = nodes.start_of[edges.slot], edges.start_of  # within the row
        slot_ids = np.tile(np.arange(num_graphs, dtype=np.int32), num_rows)

        batch = {
            "senders": edges.fill(self._senders[edges.source] + node_shift, num_nodes - 1),
            "receivers": edges.fill(self._receivers[edges.source] + node_shift, num_nodes - 1),
            "node_mask": nodes.fill(np.ones(nodes.source.size, bool), False),
            "edge_mask": edges.fill(np.ones(edges.source.size, bool), False),
            "graph_ids": nodes.fill(slot_ids[nodes.slot], num_graphs - 1),
            "graph_mask": slots >= 0,
        }
        order = self._sender_order[edges.source] + edge_shift[edges.slot]
        batch["sender_order"] = np.tile(np.arange(num_edges, dtype=np.int32), (num_rows, 1))
        batch["sender_order"].reshape(-1)[edges.target] = order
        for name in ("receiver_offsets", "sender_offsets"):
            starts = getattr(self, f"_{name}")[nodes.source] + edge_shift[nodes.slot]
            batch[name] = _row_offsets(nodes, starts, edges.row_totals, num_edges)
        for name, array in self._node_arrays.items():
            batch[name] = nodes.fill(array[nodes.source], -1 if name == "feature_ids" else 0)
        for name, array in self._edge_arrays.items():
            batch[name] = edges.fill(array[edges.source], 0)
        starts = nodes.start_of.reshape(slots.shape)
        for name, arrays in self._pair_arrays.items():
            batch[name] = self._laid_out_pairs(arrays, slots, starts, num_nodes)
        return batch

    def _laid_out_pairs(self, arrays, slots, starts, num_nodes):
        """The pair arrays of the graphs as blocks on the diagonals of (R, N, N, ...)."""
        shape = (slots.shape[0], num_nodes, num_nodes, *arrays[0].shape[2:])
        if math.prod(shape) > self.max_pair_elements:
            width = math.prod(shape[3:])
            raise ValueError(
                f"A dense pair tensor must have at most max_pair_elements={self.max_pair_elements}"
                " elements. Lay one graph in each row (rows=graphs_per_batch), use smaller "
                "batches, or raise max_pair_elements of the GraphStore. Received: "
                f"{shape[0]} x {num_nodes} x {num_nodes} pairs x {width} = {math.prod(shape)} "
                "elements"
            )
        laid_out = np.zeros(shape, arrays[0].dtype)
        for row, slot in np.argwhere(slots >= 0):
            block = arrays[slots[row, slot]]
            nodes = slice(starts[row, slot], starts[row, slot] + len(block))
            laid_out[row, nodes, nodes] = block
        return laid_out

    def node_values(self, values, slots, num_nodes):
        """Lay per-node values out as a batch: (all nodes, ...) -> (R, N, ...), padding 0."""
        nodes = _Spans(np.asarray(slots), self.node_counts, self._node_starts, num_nodes, "nodes")
        return nodes.fill(values[nodes.source], 0)


class _Spans:
    """Where the nodes (or edges) of a batch come from in the store and go to in the batch."""

    def __init__(self, slots, counts, starts, size, unit):
        num_rows = slots.shape[0]
        taken = np.where(slots >= 0, counts[slots], 0)  # (R, G)
        self.row_totals = taken.sum(axis=1)
        if self.row_totals.max() > size:
            raise ValueError(
                f"graphs must fit the budget of {size} {unit} a row. Raise num_{unit}, or put "
                "fewer or smaller graphs into a row. "
                f"Received: a row with {self.row_totals.max()} {unit}"
            )
        self.shape = (num_rows, size)
        self.start_of = (np.cumsum(taken, axis=1) - taken).ravel().astype(np.int32)  # within row
        taken = taken.ravel()
        self.slot = np.repeat(np.arange(taken.size), taken)
        within = np.arange(self.slot.size) - np.repeat(np.cumsum(taken) - taken, taken)
        self.source = starts[slots.ravel()][self.slot] + within
        row_start = (self.slot // slots.shape[1]) * size
        self.target = row_start + self.start_of[self.slot] + within

    def fill(self, values, padding):
        """Values in the order of the spans -> (R, size, ...) with the padding value elsewhere."""
        flat = np.full((self.shape[0] * self.shape[1], *values.shape[1:]), padding, values.dtype)
        flat[self.target] = values
        return flat.reshape(*self.shape, *values.shape[1:])


def _row_offsets(nodes, starts, edge_totals, num_edges):
    """Offsets of real nodes, then the end of the real edges for padding nodes, then E."""
    num_rows, num_nodes = nodes.shape
    offsets = np.empty((num_rows, num_nodes + 1), np.int32)
    offsets[:] = edge_totals[:, None]
    # Each row of the offsets is one longer than a row of nodes.
    row = nodes.target // num_nodes
    offsets.reshape(-1)[nodes.target + row] = starts
    offsets[:, -1] = num_edges
    return offsets


def _concatenated(dictionaries):
    """One dictionary of concatenated arrays out of one a graph."""
    lists = _lists(dictionaries)
    return {name: _concatenate(name, arrays) for name, arrays in lists.items()}


def _same_everywhere(dictionaries):
    """One dictionary of lists of pair arrays, of one width and type, out of one a graph."""
    lists = _lists(dictionaries)
    for name, arrays in lists.items():
        _check_same(name, arrays, 2)
    return lists


def _lists(dictionaries):
    """One dictionary of lists, an array a graph, out of one a graph."""
    first = dictionaries[0]
    for index, arrays in enumerate(dictionaries):
        if arrays.keys() != first.keys():
            raise ValueError(
                "graphs must all carry the same arrays. Add the missing ones or drop them from the "
                f"others. Received: {sorted(first)} in graphs[0], {sorted(arrays)} in "
                f"graphs[{index}]"
            )
    return {name: [arrays[name] for arrays in dictionaries] for name in first}


def _concatenate(name, arrays):
    if name in ("feature_ids", "feature_values"):
        width = max(array.shape[1] for array in arrays)
        padding = -1 if name == "feature_ids" else 0
        arrays = [
            np.pad(a, ((0, 0), (0, width - a.shape[1])), constant_values=padding) for a in arrays
        ]
    _check_same(name, arrays, 1)
    return np.concatenate(arrays)


def _check_same(name, arrays, axes):
    """Raises unless the arrays have one type, and one shape after so many axes."""
    expected = arrays[0].shape[axes:]
    for index, array in enumerate(arrays):
        if array.shape[axes:] != expected or array.dtype != arrays[0].dtype:
            raise ValueError(
                f"{name} must have the same width and type in all graphs. Received: "
                f"{expected} {arrays[0].dtype} in graphs[0], "
                f"{array.shape[axes:]} {array.dtype} in graphs[{index}]"
            )
