import numpy as np
import pytest

from keras_gt.analysis.sparsify import keep_random
from keras_gt.graph import Graph, complete


def test_both_directions_of_an_edge_stay_or_go_together():
    senders, receivers = complete(40)
    graph = Graph(40, senders, receivers, edge_features=np.stack([senders, receivers], 1))
    kept = keep_random(0.3, seed=1)(graph)
    assert kept.is_symmetric() and 0.25 < kept.num_edges / graph.num_edges < 0.35
    np.testing.assert_array_equal(kept.edge_features[:, 0], kept.senders)
    np.testing.assert_array_equal(keep_random(0.3, seed=1)(graph).senders, kept.senders)
    other = keep_random(0.3, seed=2)(graph)
    assert not np.array_equal(other.senders, kept.senders)
    assert keep_random(1.0)(graph).num_edges == graph.num_edges


def test_a_share_above_one_is_refused():
    with pytest.raises(ValueError, match=r"share must be in \[0, 1\]"):
        keep_random(1.5)
