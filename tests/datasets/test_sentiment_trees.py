import numpy as np
import pytest

from keras_gt import datasets
from keras_gt.datasets.sentiment_trees import read_sentiment_trees

GOOD = "(4 (2 very) (3 good))"
BAD = "(1 (2 -LRB-) (1 (1 bad) (2 -RRB-)))"
PLAIN = "(2 plain)"
NAMES = ("very negative", "negative", "neutral", "positive", "very positive")


@pytest.fixture
def read(make_info, write_files):
    def read(train, dev=f"{BAD}\n{PLAIN}\n", test=f"{GOOD}\n", **options):
        paths = write_files({"train.txt": train, "dev.txt": dev, "test.txt": test})
        info = make_info("sst", kind="text", label_names=NAMES)
        return read_sentiment_trees(info, paths, **options)

    return read


def parts(dataset):
    return {part: numbers.tolist() for part, numbers in dataset.split().items()}


def test_a_tiny_treebank_is_read(read):
    dataset = read(f"{GOOD}\n{PLAIN}\n")
    assert dataset.texts == ["very good", "plain", "( bad )", "plain", "very good"]
    assert dataset.labels.tolist() == [4, 2, 1, 2, 4] and dataset.label_names == NAMES
    assert parts(dataset) == {"train": [0, 1], "validation": [2, 3], "test": [4]}
    assert dataset.trees[2].labels == ("2", "1", "2", "1", "1")


def test_two_classes_leave_out_neutral_sentences(read):
    dataset = read(f"{GOOD}\n{PLAIN}\n{BAD}", classes=2)
    assert dataset.labels.tolist() == [1, 0, 0, 1]
    assert (dataset.num_classes, dataset.label_names) == (2, ("negative", "positive"))
    assert parts(dataset) == {"train": [0, 1], "validation": [2], "test": [3]}


def test_validation_trees_at_the_end_of_the_training_file_are_left_out(read):
    assert parts(read(f"{GOOD}\n{BAD}\n{PLAIN}\n"))["train"] == [0]
    assert parts(read(f"{GOOD}\n{PLAIN}\n{BAD}\n"))["train"] == [0, 1, 2]


def test_errors(read):
    with pytest.raises(ValueError, match="classes must be 2 or 5. Received: classes=3"):
        read(GOOD, classes=3)
    with pytest.raises(ValueError, match="A tree must have the labels 0 to 4.*'\\(5 x\\)'"):
        read("(5 x)")
    with pytest.raises(ValueError, match="A tree must close every bracket"):
        read("(4 (2 very)")


@pytest.mark.real_data
@pytest.mark.parametrize("classes", [5, 2])
def test_real_sentiment_statistics(classes):
    dataset = datasets.load("sst-trees", classes=classes)
    counts = dataset.info.statistics
    sizes = [len(numbers) for numbers in dataset.split().values()]
    assert sizes == counts["sentences" if classes == 5 else "sentences_of_two_classes"]
    assert np.unique(dataset.labels).tolist() == list(range(classes))
    assert dataset.texts[0].startswith("The Rock is destined to be the 21st Century 's new")
    tree = dataset.trees[0]
    assert len(tree.labels) == 2 * len(tree.words) - 1  # binary
    assert tree.graph().num_edges == 2 * (len(tree.labels) - 1)


@pytest.mark.real_data
def test_a_phrase_has_one_label_wherever_it_stands():
    labels, again = {}, 0
    for tree in datasets.load("sst-trees", classes=5).trees:
        spans = [[place] for place in range(len(tree.words))]  # the places of each node's words
        spans += [[] for _ in range(len(tree.labels) - len(spans))]
        for node, parent in enumerate(tree.parents):
            phrase = " ".join(tree.words[place] for place in sorted(spans[node]))
            again += phrase in labels
            assert labels.setdefault(phrase, tree.labels[node]) == tree.labels[node]
            if parent >= 0:
                spans[parent] += spans[node]
    assert len(labels) == 215154 and again > 0  # the number that the treebank's authors give
