"""Tiny Shakespeare: one text, split by position."""

from keras_gt.datasets.part_numbers import part_numbers
from keras_gt.datasets.text_dataset import TextDataset

TRAIN_TENTHS = 9


def read_tiny_shakespeare(info, files):
    """Reads the text.

    Args:
        info: `DatasetInfo`.
        files: dict from file name to path: one text file.

    Returns:
        `TextDataset` of two texts without labels, the first 90 % of the characters and the rest;
        in the split `by_position` they are the training and the validation part.

    Raises:
        ValueError: the text is empty.
    """
    (path,) = files.values()
    text = path.read_bytes().decode("utf-8")
    if not text:
        raise ValueError(f"{path.name} must hold a text. Received: an empty file")
    end = len(text) * TRAIN_TENTHS // 10
    return TextDataset(
        name=info.name,
        texts=[text[:end], text[end:]],
        labels=None,
        num_classes=0,
        label_names=(),
        splits={"by_position": [part_numbers({"train": 1, "validation": 1, "test": 0})]},
        info=info,
    )
