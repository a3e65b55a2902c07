import numpy as np
import pytest

from keras_gt.graph import plan_edges


def check_plan(plan, num_nodes, num_senders):
    """What a plan promises, by brute force over one row."""
    for ends, offsets, order, size in (
        ("receivers", "receiver_offsets", np.arange(plan["senders"].size), num_nodes),
        ("senders", "sender_offsets", plan["sender_order"], num_senders),
    ):
        assert plan[offsets][0] == 0 and plan[offsets][-1] == plan["senders"].size
        for node in range(size):
            edges = order[plan[offsets][node] : plan[offsets][node + 1]]
            np.testing.assert_array_equal(edges, np.flatnonzero(plan[ends] == node))


@pytest.mark.parametrize("num_senders", [None, 11])
def test_edges_are_sorted_and_offsets_find_them(num_senders):
    rng = np.random.default_rng(1)
    num_nodes, num_edges = 7, 31
    senders = rng.integers(num_senders or num_nodes, size=(3, num_edges))
    receivers = rng.integers(num_nodes, size=(3, num_edges))
    mask = rng.random((3, num_edges)) < 0.7
    plan = plan_edges(senders, receivers, mask, num_nodes=num_nodes, num_senders=num_senders)
    for row in range(3):
        check_plan({k: v[row] for k, v in plan.items()}, num_nodes, num_senders or num_nodes)
        real, order = plan["edge_mask"][row], plan["order"][row]
        assert sorted(order) == list(range(num_edges))
        assert not real[mask[row].sum() :].any()
        np.testing.assert_array_equal(plan["senders"][row][real], senders[row][order[real]])
        np.testing.assert_array_equal(plan["receivers"][row][real], receivers[row][order[real]])
        assert (plan["receivers"][row][~real] == num_nodes - 1).all()
        assert (plan["senders"][row][~real] == (num_senders or num_nodes) - 1).all()


def test_one_row_without_the_row_axis():
    flat = plan_edges([2, 0, 1], [1, 1, 0], num_nodes=3)
    batch = plan_edges([[2, 0, 1]], [[1, 1, 0]], num_nodes=3)
    for name, array in flat.items():
        np.testing.assert_array_equal(array, batch[name][0])
    assert flat["senders"].tolist() == [1, 2, 0]  # edges of one receiver keep their order


def test_no_edges():
    plan = plan_edges([], [], num_nodes=2)
    assert plan["receiver_offsets"].tolist() == [0, 0, 0]
    assert plan["senders"].shape == (0,)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0, 1], [0]), r"must have one shape.*\(2,\), \(1,\)"),
        (([[[0]]], [[[0]]]), r"must have one shape, \(E,\) or \(B, E\)"),
        (([0.0], [0]), r"senders must hold integers.*float64"),
        (([3], [0]), r"senders must lie in 0\.\.2.*between 3 and 3"),
        (([0], [-1]), r"receivers must lie in 0\.\.2.*between -1 and -1"),
    ],
)
def test_errors(arguments, message):
    with pytest.raises(ValueError, match=message):
        plan_edges(*arguments, num_nodes=3)


def test_masked_indices_may_be_anything():
    plan = plan_edges([0, 99], [1, -1], [True, False], num_nodes=3)
    assert plan["senders"].tolist() == [0, 2]
