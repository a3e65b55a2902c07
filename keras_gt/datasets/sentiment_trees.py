"""The Stanford Sentiment Treebank: sentences whose every phrase has a sentiment."""

import numpy as np

from keras_gt.datasets.part_numbers import part_numbers
from keras_gt.datasets.text_dataset import TextDataset
from keras_gt.graph import ConstituencyTree

NEUTRAL = 2
LABELS = "01234"
TWO_CLASSES = ("negative", "positive")


def read_sentiment_trees(info, files, classes=5):
    """Reads the treebank.

    Args:
        info: `DatasetInfo`.
        files: dict from file name to path: `train.txt`, `dev.txt` and `test.txt`, one bracketed
            tree a line with the labels 0 to 4, very negative to very positive.
        classes: int, 5, or 2 for negative and positive sentences without the neutral ones.

    Returns:
        `TextDataset` with the label of each sentence, whose trees are `ConstituencyTree`; the
        labels of their phrases, "0" to "4", are `tree.labels`, also with two classes. Texts are
        the words with spaces between them. The split `published` is that of the files; where the
        training file ends with the validation trees, they are left out there.

    Raises:
        ValueError: `classes` is another number, or a line is no tree.
    """
    if classes not in (2, 5):
        raise ValueError(f"classes must be 2 or 5. Received: classes={classes!r}")
    lines = {
        part: _lines(files[name])
        for part, name in (("train", "train.txt"), ("validation", "dev.txt"), ("test", "test.txt"))
    }
    count = len(lines["validation"])
    if lines["train"][-count:] == lines["validation"]:
        lines["train"] = lines["train"][:-count]
    trees, sizes = [], {}
    for part, texts in lines.items():
        found = [_tree(text) for text in texts]
        if classes == 2:
            found = [tree for tree in found if int(tree.labels[-1]) != NEUTRAL]
        trees += found
        sizes[part] = len(found)
    labels = np.array([int(tree.labels[-1]) for tree in trees], np.int32)
    return TextDataset(
        name=info.name,
        texts=[" ".join(tree.words) for tree in trees],
        labels=labels if classes == 5 else (labels > NEUTRAL).astype(np.int32),
        num_classes=classes,
        label_names=info.label_names if classes == 5 else TWO_CLASSES,
        splits={"published": [part_numbers(sizes)]},
        info=info,
        trees=trees,
    )


def _lines(path):
    return [line for line in path.read_text("utf-8").split("\n") if line.strip()]


def _tree(text):
    tree = ConstituencyTree.from_brackets(text)
    if not set(tree.labels) <= set(LABELS):
        raise ValueError(f"A tree must have the labels 0 to 4. Received: {text[:60]!r}")
    return tree
