"""Many graphs, with labels on graphs or on their nodes."""

import dataclasses

import numpy as np

from keras_gt.datasets.dataset_info import DatasetInfo
from keras_gt.datasets.split_dataset import SplitDataset


@dataclasses.dataclass(frozen=True, eq=False)
class GraphDataset(SplitDataset):
    """Many graphs, as `keras_gt.datasets.load` returns them.

    Args:
        name: str, the data set's name.
        graphs: list of `Graph`.
        labels: int array of shape (G,) for classes; float32 array of shape (G,), or (G, T) for T
            targets, with NaN where one is missing; or, with labels on nodes, a list of int arrays
            of shape (N,), one a graph.
        num_classes: int; 0 for regression and for several targets.
        label_names: tuple of str, the classes' names, or the targets'.
        unit: str, unit of the labels; `""` for classes.
        splits: dict from a split's name to a list of `{"train", "validation", "test"}` dicts of int
            arrays of graph numbers. The first name is the default.
        info: `DatasetInfo`.
        smiles: list of str, the molecule of each graph, or None.

    Example:

    >>> import keras_gt
    >>> samples = keras_gt.datasets.load("cluster", seed=7, sizes=(4, 2, 2))
    >>> graphs, labels = samples.part("validation")
    >>> len(graphs), len(labels)
    (2, 2)
    """

    name: str
    graphs: list
    labels: np.ndarray | list
    num_classes: int
    label_names: tuple
    unit: str
    splits: dict
    info: DatasetInfo
    smiles: list | None = None

    def select(self, numbers):
        """Returns `(graphs, labels)` of the given graph numbers, in their order."""
        numbers = np.asarray(numbers, dtype=np.int64)
        graphs = [self.graphs[number] for number in numbers]
        if isinstance(self.labels, list):
            return graphs, [self.labels[number] for number in numbers]
        return graphs, self.labels[numbers]
