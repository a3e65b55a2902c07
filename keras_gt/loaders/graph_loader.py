"""Batches of packed graphs for Keras."""

import keras
import numpy as np

from keras_gt.graph.epoch_planner import EpochPlanner, round_up
from keras_gt.graph.graph_store import GraphStore
from keras_gt.graph.placement import Placement


class GraphLoader(keras.utils.PyDataset):
    """Lays graphs side by side in rows and feeds them to `fit`, `evaluate` and `predict`.

    Several graphs share a row, as sequences do in sequence packing, so little is padding. All
    batches of all epochs have at most `max_shapes` sizes, chosen from the data, so a compiler
    meets few shapes; every batch but the last holds `graphs_per_batch` graphs, and the last one is
    filled with masked slots. The same graphs and seed give the same batches.

    With `rows` equal to `graphs_per_batch` each row holds one graph, and graphs of like size
    share a batch: the form for attention over complete graphs.

    Args:
        graphs: sequence of `keras_gt.graph.Graph`, or a `keras_gt.graph.GraphStore`. All carry
            the same arrays.
        labels: per graph: array (graphs,) or (graphs, T), NaN where a task is missing. Per node:
            list of one array (nodes,) or (nodes, T) a graph. None where there are none.
        sample_weight: weights in the form of the labels: (graphs,) or a list of (nodes,) arrays.
        graphs_per_batch: int, graphs in a batch; a multiple of `rows`.
        rows: int, rows of a batch. More than one spreads a batch over devices.
        max_shapes: int, the most different sizes that batches may have.
        shuffle: bool, whether each epoch has an order of its own.
        seed: int, seed of the orders.
        label_level: "graph" or "node", what a label belongs to.
        round_sizes: bool, rounds sizes and graph slots up to one of four an octave, so that
            loaders of other graphs have the same few sizes and meet compiled programs.

    Returns:
        Batches `(inputs,)`, `(inputs, labels)` or `(inputs, labels, weights)` of NumPy arrays.
        `inputs` is the dictionary of `keras_gt.graph.GraphStore.batch`. Labels and weights are
        (R, G) or (R, G, T) per graph, (R, N) or (R, N, T) per node; padding holds 0 and is masked
        by `graph_mask` or `node_mask`.

    Raises:
        ValueError: if there is no graph, one is not valid, or labels do not fit the graphs.

    Example:

    >>> import numpy as np
    >>> from keras_gt.graph import Graph
    >>> from keras_gt.loaders import GraphLoader
    >>> graphs = [Graph(2, [0, 1], [1, 0], node_features=np.ones((2, 4))) for _ in range(5)]
    >>> loader = GraphLoader(graphs, labels=np.arange(5.0), graphs_per_batch=4)
    >>> inputs, labels = loader[1]
    >>> len(loader), inputs["graph_mask"].tolist(), labels.tolist()
    (2, [[True, False, False, False]], [[4.0, 0.0, 0.0, 0.0]])
    """

    def __init__(
        self,
        graphs,
        labels=None,
        sample_weight=None,
        *,
        graphs_per_batch=64,
        rows=1,
        max_shapes=4,
        shuffle=False,
        seed=0,
        label_level="graph",
        round_sizes=False,
    ):
        super().__init__()
        sizes = {"graphs_per_batch": graphs_per_batch, "rows": rows, "max_shapes": max_shapes}
        for name, size in sizes.items():
            if size < 1:
                raise ValueError(f"{name} must be at least 1. Received: {name}={size}")
        if graphs_per_batch % rows:
            raise ValueError(
                "graphs_per_batch must be a multiple of rows. Each row holds as many graphs. "
                f"Received: graphs_per_batch={graphs_per_batch}, rows={rows}"
            )
        if label_level not in ("graph", "node"):
            raise ValueError(
                'label_level must be "graph" or "node". Say what a label belongs to. '
                f"Received: label_level={label_level!r}"
            )
        self.store = graphs if isinstance(graphs, GraphStore) else GraphStore(graphs)
        self.label_level = label_level
        self._labels = self._flat("labels", labels)
        self._weights = self._flat("sample_weight", sample_weight)
        if self._weights is not None and self._labels is None:
            raise ValueError("sample_weight must come with labels. Received: labels=None")
        # A data set smaller than a batch needs no more slots than it has graphs.
        graphs_per_row = min(graphs_per_batch // rows, -(-self.store.num_graphs // rows))
        if round_sizes:
            graphs_per_row = round_up(graphs_per_row)
        self._planner = EpochPlanner(
            self.store.node_counts,
            self.store.edge_counts,
            graphs_per_row,
            rows,
            max_shapes,
            shuffle,
            seed,
            round_sizes,
        )
        self._shuffle = shuffle
        self.set_epoch(0)

    @property
    def budgets(self):
        """The sizes that batches have: tuple of `keras_gt.graph.Budget`, ascending."""
        return self._planner.budgets

    @property
    def labels(self):
        """The labels of all graphs, one row a graph or node: (n,) or (n, T); None without."""
        return self._labels

    @property
    def epoch(self):
        """The epoch whose batches are given now, counted from 0."""
        return self._epoch

    def set_epoch(self, epoch):
        """Go to the batches of an epoch.

        A run that resumes with `fit(..., initial_epoch=n)` meets the batches of the uninterrupted
        run after `set_epoch(n)`; give both `shuffle=False`, or `fit` reorders batches as well.

        Args:
            epoch: int, at least 0.
        """
        self._epoch = epoch
        # One assignment: TensorFlow may still be fetching ahead from a thread.
        self._plan = self._planner.plan(epoch)

    def on_epoch_end(self):
        """Take the next order, with `shuffle`.

        Keras calls this after each epoch, and once before the first: `fit` starts with epoch 1.
        """
        if self._shuffle:
            self.set_epoch(self._epoch + 1)

    def __len__(self):
        return len(self._plan[0])

    def __getitem__(self, index):
        slots, shape = (part[index] for part in self._plan)
        budget = self.budgets[shape]
        inputs = self.store.batch(slots, budget.num_nodes, budget.num_edges)
        targets = [self._laid_out(self._labels, slots, budget)]
        targets.append(self._laid_out(self._weights, slots, budget))
        return (inputs, *(target for target in targets if target is not None))

    def placement(self, index):
        """Where the graphs of a batch lie.

        Args:
            index: int, number of the batch in the present epoch.

        Returns:
            A `keras_gt.graph.Placement`.
        """
        return Placement.from_slots(self._plan[0][index], self.store.node_counts)

    def restore(self, outputs):
        """Cut the outputs of every batch back into graphs, in the order the graphs were given.

        Args:
            outputs: sequence of one array a batch of the present epoch: (R, G, ...) if
                `label_level` is "graph", (R, N, ...) if it is "node".

        Returns:
            Array (graphs, ...), or list of one (nodes, ...) array a graph.
        """
        placements = [self.placement(index) for index in range(len(self))]
        pairs = list(zip(placements, outputs, strict=True))
        order = np.argsort(np.concatenate([placement.graph for placement in placements]))
        if self.label_level == "graph":
            return np.concatenate([place.graph_values(values) for place, values in pairs])[order]
        pieces = [piece for place, values in pairs for piece in place.node_values(values)]
        return [pieces[position] for position in order]

    def _flat(self, name, values):
        """Labels or weights as one array, one row a graph or a node."""
        if values is None:
            return None
        if self.label_level == "node":
            lengths = [len(part) for part in values]
            if lengths != self.store.node_counts.tolist():
                raise ValueError(
                    f"{name} must hold one array a graph with one entry a node when label_level is "
                    f'"node". Received: {name} with {len(lengths)} arrays for '
                    f"{self.store.num_graphs} graphs"
                )
            values = np.concatenate([np.asarray(part) for part in values])
        else:
            values = np.asarray(values)
            if values.ndim not in (1, 2) or values.shape[0] != self.store.num_graphs:
                raise ValueError(
                    f"{name} must have the shape (graphs,) or (graphs, T) when label_level is "
                    f'"graph". Received: {name} with shape {values.shape} for '
                    f"{self.store.num_graphs} graphs"
                )
        if name == "sample_weight" or values.dtype.kind == "f":
            return values.astype(np.float32)
        return values.astype(np.int32)

    def _laid_out(self, values, slots, budget):
        if values is None:
            return None
        if self.label_level == "node":
            return self.store.node_values(values, slots, budget.num_nodes)
        laid_out = np.zeros((*slots.shape, *values.shape[1:]), values.dtype)
        laid_out[slots >= 0] = values[slots[slots >= 0]]
        return laid_out
