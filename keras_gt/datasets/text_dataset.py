"""Many texts, with labels or without, perhaps with the trees of their words."""

import dataclasses

import numpy as np

from keras_gt.datasets.dataset_info import DatasetInfo
from keras_gt.datasets.split_dataset import SplitDataset


@dataclasses.dataclass(frozen=True, eq=False)
class TextDataset(SplitDataset):
    """Many texts, as `keras_gt.datasets.load` returns them.

    Args:
        name: str, the data set's name.
        texts: list of str.
        labels: int32 array of shape (T,), a class for each text, or None.
        num_classes: int; 0 without labels.
        label_names: tuple of str, the classes' names.
        splits: dict from a split's name to a list of `{"train", "validation", "test"}` dicts of int
            arrays of text numbers.
        info: `DatasetInfo`.
        trees: list of `DependencyTree` or `ConstituencyTree`, one a text, or None. Each has the
            text's `words` and, as `tree.graph()`, their graph.

    Example:

    >>> import numpy as np
    >>> from keras_gt.datasets import TextDataset, info
    >>> split = {"train": np.array([1]), "validation": np.array([0])}
    >>> notes = TextDataset(
    ...     "notes", ["No.", "Yes!"], np.array([0, 1]), 2, ("no", "yes"), {"ours": [split]},
    ...     info("trec"),
    ... )
    >>> notes.part("train")
    (['Yes!'], array([1]))
    """

    name: str
    texts: list
    labels: np.ndarray | None
    num_classes: int
    label_names: tuple
    splits: dict
    info: DatasetInfo
    trees: list | None = None

    def select(self, numbers):
        """Returns `(texts, labels)` of the given text numbers, in their order; labels may be None.

        With trees, `[dataset.trees[number] for number in numbers]` are theirs.
        """
        numbers = np.asarray(numbers, dtype=np.int64)
        texts = [self.texts[number] for number in numbers]
        return texts, None if self.labels is None else self.labels[numbers]
