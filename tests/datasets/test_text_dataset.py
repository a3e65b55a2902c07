import numpy as np
import pytest

from keras_gt.datasets import TextDataset


@pytest.fixture
def dataset(make_info):
    split = {"train": np.array([2, 0]), "validation": np.array([1]), "test": np.zeros(0, int)}
    labels = np.array([0, 1, 1], "int32")
    info = make_info("notes", kind="text")
    return TextDataset("notes", ["a", "b", "c"], labels, 2, ("x", "y"), {"ours": [split]}, info)


def test_parts_are_selected_in_their_order(dataset):
    texts, labels = dataset.part("train")
    assert (texts, labels.tolist()) == (["c", "a"], [1, 0])
    assert dataset.part("test")[0] == []


def test_texts_may_have_no_labels(dataset):
    assert dataset.replace(labels=None).select([1]) == (["b"], None)


def test_errors(dataset):
    with pytest.raises(ValueError, match="part must be one of .*part='dev'"):
        dataset.part("dev")
    with pytest.raises(ValueError, match="name must be one of the splits of notes: ours"):
        dataset.split(name="theirs")
