"""What data sets of many members share: their splits."""

import dataclasses

from keras_gt.datasets.split_lists import choose_split


class SplitDataset:
    """Base of the dataclasses of many members, which have a `name`, `splits` and `select`."""

    def split(self, index=0, name=None):
        """Returns one split: `{"train", "validation", "test"}`, int arrays of member numbers.

        Args:
            index: int, number of the split among those of one name.
            name: str, name of the splits; the first by default.

        Raises:
            ValueError: there is no such split.
        """
        return choose_split(self.name, self.splits, index, name)

    def part(self, part, index=0, name=None):
        """Returns what `select` returns for one part of one split: the members, their labels.

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
        """Returns a copy with other values, such as `splits` of one's own."""
        return dataclasses.replace(self, **changes)
