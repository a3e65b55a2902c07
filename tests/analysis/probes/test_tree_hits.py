import numpy as np
import pytest

from keras_gt.analysis.probes import tree_hits

# "the dog , barks": det(dog, the), punct(barks, ,), nsubj(barks, dog)
HEADS, NAMES = [1, 3, 3, -1], ["det", "nsubj", "punct", "root"]


def star(centre):
    attention = np.zeros((4, 4))
    attention[:, centre] = 0.5
    return attention


def sentence():
    attention = np.stack([star(1), star(3)])[None]  # one layer of two heads
    attention[:, :, :, 2] = 0.9  # every word reads the comma, which is left out
    return attention, HEADS, NAMES


def test_edges_without_punctuation_beside_the_chain():
    alone = (np.ones((1, 2, 1, 1)), [-1], ["root"])
    hits = tree_hits([sentence(), alone])
    assert hits["totals"].tolist() == [2] and hits["chain"].tolist() == [2]
    assert hits["heads"].tolist() == [[[2, 1]]]
    whole = tree_hits([sentence()], without=())
    assert whole["totals"].tolist() == [3] and whole["chain"].tolist() == [2]
    assert whole["heads"].tolist() == [[[1, 1]]]  # the comma in the middle: only comma - barks
    with pytest.raises(ValueError, match="sentences must have an edge"):
        tree_hits([alone])
