import numpy as np
import pytest

from keras_gt.testing import random_graph_inputs


def test_the_contract_holds():
    inputs = random_graph_inputs(3, 13, 37, 5, 7, edge_weights=True, plan=True, seed=4)
    for row in range(3):
        real = inputs["edge_mask"][row]
        assert 0 < real.sum() < 37 and not real[real.sum() :].any()
        ends = inputs["senders"][row], inputs["receivers"][row]
        assert (np.diff(ends[1]) >= 0).all()
        assert (ends[0][~real] == 12).all() and (ends[1][~real] == 12).all()
        pairs = set(zip(ends[0][real], ends[1][real], strict=True))
        assert len(pairs) == real.sum() and all(a != b for a, b in pairs)
        assert any((b, a) not in pairs for a, b in pairs)
        nodes = inputs["node_mask"][row]
        assert nodes.sum() == 11 - row and nodes[list(set(ends[0][real]))].all()
        isolated = nodes.sum() - 1
        assert isolated not in ends[0][real] and isolated not in ends[1][real]
    assert inputs["edge_features"].shape == (3, 37, 7)
    assert inputs["receiver_offsets"].shape == (3, 14)


def test_seeds():
    first, same, other = (random_graph_inputs(seed=seed) for seed in (0, 0, 1))
    assert all(np.array_equal(first[key], same[key]) for key in first)
    assert not np.array_equal(first["node_features"], other["node_features"])


def test_too_few_nodes():
    with pytest.raises(ValueError, match="num_nodes must be at least num_rows"):
        random_graph_inputs(num_rows=3, num_nodes=7)
