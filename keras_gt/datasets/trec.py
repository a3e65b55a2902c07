"""TREC: questions and the type of answer that they ask for."""

import zipfile

import numpy as np

from keras_gt.datasets.part_numbers import part_numbers
from keras_gt.datasets.text_dataset import TextDataset

PARTS = (("train", "qc/train.txt"), ("validation", None), ("test", "qc/test.txt"))


def read_trec(info, files, classes=6):
    """Reads the questions.

    Args:
        info: `DatasetInfo`.
        files: dict from file name to path: a zip archive of `qc/train.txt` and `qc/test.txt` in
            Latin-1, a line a question: "COARSE:fine What is ... ?".
        classes: int, 6 for the coarse classes, 50 for the fine ones.

    Returns:
        `TextDataset`; texts have spaces between their words. The split `published` has no
        validation questions.

    Raises:
        ValueError: `classes` is another number, or a line has no class.
    """
    if classes not in (6, 50):
        raise ValueError(f"classes must be 6 or 50. Received: classes={classes!r}")
    (path,) = files.values()
    rows, sizes = [], {}
    with zipfile.ZipFile(path) as archive:
        for part, name in PARTS:
            found = [] if name is None else _rows(archive.read(name).decode("latin-1"), name)
            rows += found
            sizes[part] = len(found)
    names = [name.partition(":")[0] if classes == 6 else name for name, _ in rows]
    label_names, labels = np.unique(names, return_inverse=True)
    return TextDataset(
        name=info.name,
        texts=[text for _, text in rows],
        labels=labels.astype(np.int32),
        num_classes=len(label_names),
        label_names=tuple(label_names.tolist()),
        splits={"published": [part_numbers(sizes)]},
        info=info,
    )


def _rows(text, source):
    rows = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            label, _, question = line.strip().partition(" ")
            if ":" not in label or not question:
                raise ValueError(
                    f"{source} must have a class such as NUM:date and a question on each line. "
                    f"Received: line {number}: {line[:60]!r}"
                )
            rows.append((label, question.strip()))
    return rows
