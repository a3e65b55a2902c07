"""Seeded random splits, for the data sets whose literature draws them."""

import numpy as np


def random_folds(num_items, folds=5, seed=0, validation_fraction=0.0):
    """Cuts items into folds; each is the test set once.

    Args:
        num_items: int, number of graphs or nodes.
        folds: int, at least 2.
        seed: int. The same seed gives the same folds.
        validation_fraction: float in [0, 1), the share of each fold's training items that is set
            aside for validation, drawn with the same seed.

    Returns:
        list of `{"train", "validation", "test"}` dicts of rising int arrays. Test sets are
        disjoint, cover every item and differ in size by at most one.

    Raises:
        ValueError: `folds` or `validation_fraction` is out of range.

    Example:

    >>> [fold["test"].size for fold in random_folds(11, folds=5)]
    [3, 2, 2, 2, 2]
    """
    if not 2 <= folds <= num_items:
        raise ValueError(
            f"folds must lie in [2, {num_items}], the number of items. Received: folds={folds}"
        )
    if not 0 <= validation_fraction < 1:
        raise ValueError(
            "validation_fraction must lie in [0, 1). "
            f"Received: validation_fraction={validation_fraction}"
        )
    random = np.random.default_rng(seed)
    parts = np.array_split(random.permutation(num_items), folds)
    chosen = []
    for number, test in enumerate(parts):
        rest = np.concatenate(parts[:number] + parts[number + 1 :])
        rest = random.permutation(rest)
        num_validation = round(validation_fraction * len(rest))
        chosen.append(
            {
                "train": np.sort(rest[num_validation:]),
                "validation": np.sort(rest[:num_validation]),
                "test": np.sort(test),
            }
        )
    return chosen


def random_node_split(labels, per_class=None, num_validation=None, fractions=None, seed=0):
    """Draws one split of the nodes of a graph.

    Either `per_class` nodes of each class for training and the same number for validation (or
    `num_validation` in all), everything else for test; or shares of all nodes.

    Args:
        labels: int array of shape (N,).
        per_class: int, training nodes of each class, such as 20.
        num_validation: int, validation nodes of all classes together, with `per_class`.
        fractions: three floats that sum to 1, such as `(0.6, 0.2, 0.2)`.
        seed: int. The same seed gives the same split.

    Returns:
        `{"train", "validation", "test"}`, boolean arrays of shape (N,).

    Raises:
        ValueError: not exactly one of `per_class` and `fractions` is given, they are out of range,
            or a class has too few nodes.

    Example:

    >>> split = random_node_split([0, 0, 0, 1, 1, 1], per_class=1)
    >>> [int(split[part].sum()) for part in ("train", "validation", "test")]
    [2, 2, 2]
    """
    labels = np.asarray(labels)
    if (per_class is None) == (fractions is None):
        raise ValueError(
            "per_class or fractions must be given, not both. "
            f"Received: per_class={per_class}, fractions={fractions}"
        )
    order = np.random.default_rng(seed).permutation(len(labels))
    if fractions is not None:
        if len(fractions) != 3 or min(fractions) < 0 or not np.isclose(sum(fractions), 1):
            raise ValueError(
                f"fractions must be three shares that sum to 1. Received: fractions={fractions}"
            )
        ends = np.rint(np.cumsum(fractions)[:2] * len(labels)).astype(int)
        train, validation, _ = np.split(order, ends)
    else:
        train, rest = _take_per_class(labels, order, per_class)
        if num_validation is None:
            validation, _ = _take_per_class(labels, rest, per_class)
        else:
            validation = rest[:num_validation]
    masks = {part: np.zeros(len(labels), bool) for part in ("train", "validation", "test")}
    masks["train"][train] = True
    masks["validation"][validation] = True
    masks["test"] = ~(masks["train"] | masks["validation"])
    return masks


def _take_per_class(labels, order, per_class):
    """Returns the first `per_class` nodes of each class in `order`, and the others."""
    taken = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        members = order[labels[order] == label]
        if len(members) < per_class:
            raise ValueError(
                f"per_class must be at most the size of each class. Draw fewer. "
                f"Received: per_class={per_class}, {len(members)} nodes left of class {label}"
            )
        taken[members[:per_class]] = True
    return order[taken[order]], order[~taken[order]]
