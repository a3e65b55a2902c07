import numpy as np
import pytest

from keras_gt.analysis.probes import relation_hits

HEADS, NAMES = [1, 2, -1, 2], ["det", "nsubj", "root", "punct"]


def pointing(*targets):
    """(1, H, N, N) attention: in each head every word reads itself most and then its target."""
    attention = np.zeros((1, len(targets), 4, 4))
    for head, words in enumerate(targets):
        attention[0, head, np.arange(4), words] = 0.3
        attention[0, head, np.arange(4), np.arange(4)] = 0.7
    return attention


def test_hits_of_heads_in_both_directions_and_of_offsets():
    attention = pointing([1, 2, 3, 2], [2, 0, 1, 0])
    hits = relation_hits([(attention, HEADS, NAMES)] * 2, ["nsubj", "det", "obj"], max_offset=2)
    assert hits["totals"].tolist() == [[1, 1, 0]] * 2
    first = hits["heads"][0, :, :, 0]  # relation, direction, head
    assert first.tolist() == [[[1, 0], [0, 1]], [[1, 0], [0, 1]], [[0, 0], [0, 0]]]
    assert hits["steps"].tolist() == [-2, -1, 1, 2]
    assert hits["offsets"][1].tolist() == [[0, 0, 1, 0], [0, 0, 1, 0], [0, 0, 0, 0]]


def test_sentences_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="sentences must not be empty"):
        relation_hits([], ["det"])
    with pytest.raises(ValueError, match="sentences must hold .* attention for N heads"):
        relation_hits([(pointing([0, 0, 0, 0]), HEADS[:3], NAMES)], ["det"])
