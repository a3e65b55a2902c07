import numpy as np
import pytest

from keras_gt.datasets import random_folds, random_node_split


def test_folds_test_every_item_once():
    folds = random_folds(23, folds=5, seed=3, validation_fraction=0.25)
    np.testing.assert_array_equal(
        np.sort(np.concatenate([fold["test"] for fold in folds])), np.arange(23)
    )
    for fold in folds:
        everything = np.sort(np.concatenate(list(fold.values())))
        np.testing.assert_array_equal(everything, np.arange(23))
        assert len(fold["validation"]) == round(0.25 * (23 - len(fold["test"])))


def test_folds_follow_the_seed():
    first, again, other = (random_folds(50, 5, seed, 0.1) for seed in (0, 0, 1))
    assert all((a["test"] == b["test"]).all() for a, b in zip(first, again, strict=True))
    assert all(
        (a["validation"] == b["validation"]).all() for a, b in zip(first, again, strict=True)
    )
    assert not all((a["test"] == b["test"]).all() for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize("folds", [1, 12])
def test_a_wrong_number_of_folds_is_refused(folds):
    with pytest.raises(ValueError, match=rf"folds must lie in \[2, 11\].*folds={folds}"):
        random_folds(11, folds)


def test_a_wrong_validation_fraction_is_refused():
    with pytest.raises(ValueError, match=r"validation_fraction must lie in \[0, 1\)"):
        random_folds(11, 5, validation_fraction=1.0)


def test_nodes_per_class():
    labels = np.repeat([0, 1, 2], [40, 50, 70])
    split = random_node_split(labels, per_class=20, seed=1)
    counts = {part: np.bincount(labels[mask], minlength=3).tolist() for part, mask in split.items()}
    assert counts == {"train": [20] * 3, "validation": [20] * 3, "test": [0, 10, 30]}


def test_number_of_validation_nodes():
    labels = np.repeat([0, 1], [30, 50])
    split = random_node_split(labels, per_class=20, num_validation=15, seed=1)
    assert [int(split[part].sum()) for part in ("train", "validation", "test")] == [40, 15, 25]
    assert not (split["train"] & split["validation"]).any()


def test_fractions():
    split = random_node_split(np.zeros(100), fractions=(0.6, 0.2, 0.2), seed=5)
    assert [int(mask.sum()) for mask in split.values()] == [60, 20, 20]
    assert (np.sum(list(split.values()), axis=0) == 1).all()
    again = random_node_split(np.zeros(100), fractions=(0.6, 0.2, 0.2), seed=5)
    assert (split["test"] == again["test"]).all()


@pytest.mark.parametrize(
    "arguments, words",
    [
        ({}, "per_class or fractions must be given, not both"),
        ({"per_class": 1, "fractions": (0.6, 0.2, 0.2)}, "must be given, not both"),
        ({"fractions": (0.6, 0.2)}, "fractions must be three shares"),
        ({"fractions": (0.6, 0.6, -0.2)}, "fractions must be three shares"),
        ({"per_class": 4}, "per_class must be at most the size of each class"),
    ],
)
def test_wrong_arguments_are_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        random_node_split([0, 0, 0, 1, 1, 1], **arguments)
