import pytest

from keras_gt import datasets
from keras_gt.datasets.loading import _READERS


def test_every_name_has_a_reader():
    assert set(_READERS) == set(datasets.names())


def test_unknown_options_are_refused():
    with pytest.raises(ValueError, match="options of karate-club must be among: none. .*seed=1"):
        datasets.load("karate-club", seed=1)
    with pytest.raises(ValueError, match="options of cluster must be among: seed, sizes"):
        datasets.load("cluster", size=3)


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="name must be one of"):
        datasets.load("no-such-set")
