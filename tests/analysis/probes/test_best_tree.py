import numpy as np
import pytest

from keras_gt.analysis.probes import best_tree, tree_hits
from tests.analysis.probes.test_tree_hits import sentence


def test_the_best_tree_is_chosen_on_dev():
    dev = {"totals": np.array([4, 4]), "heads": np.array([[[1, 3]], [[2, 2]]])}
    test = {**tree_hits([sentence()] * 3), "chain": np.array([1, 1, 0])}
    row = best_tree(dev, test)
    assert (row["layer"], row["head"], row["dev_score"]) == (0, 1, 5 / 8)
    assert (row["score"], row["interval"], row["count"]) == (0.5, (0.5, 0.5), 6)
    assert row["chain_score"] == 1 / 3 and row["gain"] == pytest.approx(1 / 6)
    assert row["gain_interval"] == (0.0, 0.5)
