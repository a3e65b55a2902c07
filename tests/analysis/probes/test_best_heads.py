import numpy as np
import pytest

from keras_gt.analysis.probes import best_heads


def hits(heads, offsets, totals):
    """One relation, one layer of two heads, offsets -1 and 1; one row of numbers a sentence."""
    return {
        "relations": ["obj"],
        "totals": np.array(totals)[:, None],
        "heads": np.array(heads).reshape(-1, 1, 2, 1, 2),
        "offsets": np.array(offsets)[:, None],
        "steps": np.array([-1, 1]),
    }


DEV = hits([[0, 3, 2, 1], [1, 3, 1, 0]], [[1, 0], [1, 1]], [3, 4])
TEST = hits([[4, 2, 4, 4], [4, 1, 4, 4]], [[0, 4], [1, 2]], [4, 4])


def test_what_is_best_on_dev_is_scored_on_test():
    (row,) = best_heads(DEV, TEST, min_count=1)
    assert (row["direction"], row["layer"], row["head"]) == ("dependent reads head", 0, 1)
    assert (row["dev_accuracy"], row["accuracy"], row["count"]) == (6 / 7, 3 / 8, 8)
    assert (row["offset"], row["offset_accuracy"], row["gain"]) == (-1, 1 / 8, 2 / 8)
    assert row["interval"] == (0.25, 0.5) and row["gain_interval"] == (0.0, 0.5)
    assert best_heads(DEV, TEST, min_count=8) == []


def test_other_relations_are_refused():
    with pytest.raises(ValueError, match="dev and test must count the same relations"):
        best_heads(DEV, {**TEST, "relations": ["det"]})
