"""Splits of data sets whose parts lie one after the other."""

import numpy as np


def part_numbers(sizes):
    """Numbers the members of parts that follow one another.

    Args:
        sizes: dict from a part's name to how many it has.

    Returns:
        dict from the part's name to an int64 array of numbers.

    Example:

    >>> {part: numbers.tolist() for part, numbers in part_numbers({"train": 2, "test": 1}).items()}
    {'train': [0, 1], 'test': [2]}
    """
    ends = np.cumsum(list(sizes.values()))
    return {
        part: np.arange(end - size, end)
        for (part, size), end in zip(sizes.items(), ends, strict=True)
    }
