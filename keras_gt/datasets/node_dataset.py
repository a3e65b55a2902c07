"""One graph with a label on each node."""

import dataclasses
import functools

import numpy as np

from keras_gt.datasets.dataset_info import DatasetInfo
from keras_gt.datasets.split_lists import PARTS, choose_split
from keras_gt.graph import Graph


@dataclasses.dataclass(frozen=True, eq=False)
class NodeDataset:
    """One graph with a label on each node, as `keras_gt.datasets.load` returns it.

    Args:
        name: str, the data set's name.
        graph: `Graph` as published: both directions of each edge, once, no self-loops.
        labels: int array of shape (N,).
        num_classes: int.
        num_features: int, width of the node features, or words in the vocabulary when the graph
            holds `feature_ids`.
        label_names: tuple of str, the classes' names; empty where the source names none.
        splits: dict from a split's name to a list of `{"train", "validation", "test"}` dicts of
            boolean arrays of shape (N,). The first name is the default.
        info: `DatasetInfo`.
        transforms: tuple of `keras_gt.graph` transform names that `inputs` applies.

    Raises:
        ValueError: by its methods, for a part or a split that is not there.

    Example:

    >>> import keras_gt
    >>> club = keras_gt.datasets.load("karate-club")
    >>> club.graph.num_nodes, club.labels.shape
    (34, (34,))
    """

    name: str
    graph: Graph
    labels: np.ndarray
    num_classes: int
    num_features: int
    label_names: tuple
    splits: dict
    info: DatasetInfo
    transforms: tuple = ()

    @functools.cached_property
    def inputs(self):
        """What a model of one graph eats: a dict of arrays with B = 1, edge plan included.

        The transforms of the data set are applied to the graph first: word lists are divided by
        their row sum, self-loops are added, and `edge_weights` are GCN's `1 / sqrt(d_i d_j)`, as
        far as `transforms` names them.
        """
        return self.prepared_graph.inputs()

    @functools.cached_property
    def prepared_graph(self):
        """`graph` after `transforms`."""
        import keras_gt.graph

        graph = self.graph
        for name in self.transforms:
            graph = getattr(keras_gt.graph, name)(graph)
        return graph

    @property
    def labels_batch(self):
        """The labels as a batch of one row, shape (1, N)."""
        return self.labels[None]

    def split(self, index=0, name=None):
        """Returns one split: `{"train", "validation", "test"}`, boolean arrays of shape (N,).

        Args:
            index: int, number of the split among those of one name.
            name: str, name of the splits; the first by default.

        Raises:
            ValueError: there is no such split.
        """
        return choose_split(self.name, self.splits, index, name)

    def sample_weights(self, part, index=0, name=None):
        """Returns 1 for the nodes of one part and 0 for all others, float32 of shape (1, N).

        Args:
            part: `"train"`, `"validation"` or `"test"`.
            index: int, number of the split among those of one name.
            name: str, name of the splits; the first by default.

        Raises:
            ValueError: there is no such part or split.
        """
        if part not in PARTS:
            raise ValueError(f"part must be one of {PARTS}. Received: part={part!r}")
        return self.split(index, name)[part].astype(np.float32)[None]

    def replace(self, **changes):
        """Returns a copy with other values, such as `splits` drawn by `random_node_split`."""
        return dataclasses.replace(self, **changes)
