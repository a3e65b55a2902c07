"""Many graphs, with labels on graphs or on their nodes."""

import dataclasses

import numpy as np

from keras_gt.datasets.dataset_info import DatasetInfo
from keras_gt.datasets.split_lists import choose_split


@dataclasses.dataclass(frozen=True, eq=False)
class GraphDataset:
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

    def split(self, index=0, name=None):
        """Returns one split: `{"train", "validation", "test"}`, int arrays of graph numbers.

        Args:
            index: int, number of the split among those of one name.
            name: str, name of the splits; the first by default.

        Raises:
            ValueError: there is no such split.
        """
        return choose_split(self.name, self.splits, index, name)

    def select(self, numbers):
        """Returns `(graphs, labels)` of the given graph numbers, in their order."""
        numbers = np.asarray(numbers, dtype=np.int64)
        graphs = [self.graphs[number] for number in numbers]
        if isinstance(self.labels, list):
            return graphs, [self.labels[number] for number in numbers]
        return graphs, self.labels[numbers]

    def part(self, part, index=0, name=None):
        """Returns `(graphs, labels)` of one part of one split.

        Args:
            part: `"train"`, `"validation"` or `"test"`.
            index: int, number of the split among those of one name.
            name: str, name of the splits; the first by default.

        Raises:
            ValueError: there is no such part or split.
        """
        chosen = self.split(index, name)
        if part not in chosen:
            raise ValueError(f"part must be one of {tuple(chosen)}. Received: part={part!r}")
        return self.select(chosen[part])

    def replace(self, **changes):
        """Returns a copy with other values, such as `splits` drawn by `random_folds`."""
        return dataclasses.replace(self, **changes)
