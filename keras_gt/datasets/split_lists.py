"""Choosing one of a data set's published splits."""

PARTS = ("train", "validation", "test")


def choose_split(dataset_name, splits, index, name):
    """Returns split number `index` of those called `name`, the first name by default.

    Args:
        dataset_name: str, for messages.
        splits: dict from a name to a list of splits.
        index: int.
        name: str or None.

    Raises:
        ValueError: there is no such split.
    """
    if not splits:
        raise ValueError(
            f"{dataset_name} has no published split. Draw one with "
            f"keras_gt.datasets.random_node_split or random_folds. Received: index={index}"
        )
    if name is None:
        name = next(iter(splits))
    if name not in splits:
        raise ValueError(
            f"name must be one of the splits of {dataset_name}: {', '.join(splits)}. "
            f"Received: name={name!r}"
        )
    if not 0 <= index < len(splits[name]):
        raise ValueError(
            f"index must lie in [0, {len(splits[name])}), the {name} splits of {dataset_name}. "
            f"Received: index={index}"
        )
    return splits[name][index]
