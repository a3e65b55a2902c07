import itertools

import numpy as np
import pytest

from keras_gt.analysis.probes import spanning_tree


def weight(edges, attention):
    return sum(attention[i, j] + attention[j, i] for i, j in edges)


def test_no_tree_holds_more_attention():
    attention = np.random.default_rng(0).random((5, 5)) ** 3
    attention[0, 1] = attention[1, 0] = 0  # an edge of no attention is one that may be needed
    found = spanning_tree(attention)
    pairs = list(itertools.combinations(range(5), 2))

    def is_tree(edges):
        reached = {0}
        for _ in range(4):
            reached |= {node for edge in edges if set(edge) & reached for node in edge}
        return len(reached) == 5

    best = max(
        filter(is_tree, itertools.combinations(pairs, 4)), key=lambda e: weight(e, attention)
    )
    assert sorted(map(tuple, found.tolist())) == sorted(best)


def test_small_and_even_graphs():
    assert spanning_tree(np.ones((1, 1))).shape == (0, 2)
    assert len(spanning_tree(np.zeros((4, 4)))) == 3
    with pytest.raises(ValueError, match=r"attention must be \(N, N\)"):
        spanning_tree(np.ones((2, 3)))
