"""Treebanks of Universal Dependencies, in CoNLL-U."""

from keras_gt.datasets.part_numbers import part_numbers
from keras_gt.datasets.split_lists import PARTS
from keras_gt.datasets.text_dataset import TextDataset
from keras_gt.graph import read_conllu

_ENDINGS = ("-train.conllu", "-dev.conllu", "-test.conllu")


def read_universal_dependencies(info, files):
    """Reads one treebank.

    Args:
        info: `DatasetInfo`.
        files: dict from file name to path: `*-train.conllu`, `*-dev.conllu`, `*-test.conllu`.

    Returns:
        `TextDataset` without labels, whose trees are `DependencyTree`; texts are the comments
        `text`, or the words with spaces where there is none. The split `published` is that of the
        files.

    Raises:
        ValueError: a file is not in the format; with the number of the line.
    """
    parts = []
    for ending in _ENDINGS:
        (name,) = (name for name in files if name.endswith(ending))
        parts.append(read_conllu(files[name].read_text("utf-8"), name))
    trees = [tree for part in parts for tree in part]
    return TextDataset(
        name=info.name,
        texts=[tree.comments.get("text", " ".join(tree.words)) for tree in trees],
        labels=None,
        num_classes=0,
        label_names=(),
        splits={"published": [part_numbers(dict(zip(PARTS, map(len, parts), strict=True)))]},
        info=info,
        trees=trees,
    )
