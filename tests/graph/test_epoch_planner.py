import numpy as np
import pytest

from keras_gt.graph import EpochPlanner
from keras_gt.graph import epoch_planner as module

RNG = np.random.default_rng(6)
NODES = RNG.integers(4, 40, size=403)
EDGES = 2 * NODES + RNG.integers(0, 9, size=403)


def planner(graphs_per_row, rows, shuffle=True, seed=0, nodes=NODES, edges=EDGES):
    return EpochPlanner(nodes, edges, graphs_per_row, rows, 4, shuffle, seed)


@pytest.mark.parametrize(("graphs_per_row", "rows"), [(16, 1), (4, 4), (1, 16), (1, 1)])
@pytest.mark.parametrize("shuffle", [True, False])
def test_every_epoch_holds_each_graph_once_in_known_sizes(graphs_per_row, rows, shuffle):
    plan = planner(graphs_per_row, rows, shuffle)
    lengths = set()
    for epoch in (0, 1, 300):
        slots, shape = plan.plan(epoch)
        lengths.add(len(slots))
        assert sorted(slots[slots >= 0]) == list(range(NODES.size))
        budgets = [plan.budgets[index] for index in shape]
        nodes = np.where(slots >= 0, NODES[slots], 0).sum(2).max(1)
        edges = np.where(slots >= 0, EDGES[slots], 0).sum(2).max(1)
        assert all(n <= b.num_nodes for n, b in zip(nodes, budgets, strict=True))
        assert all(e <= b.num_edges for e, b in zip(edges, budgets, strict=True))
    assert lengths == {-(-NODES.size // (graphs_per_row * rows))}
    assert len(plan.budgets) <= 4


@pytest.mark.parametrize(("graphs_per_row", "rows"), [(16, 1), (1, 16)])
def test_orders_follow_the_seed_and_the_epoch(graphs_per_row, rows):
    first, _ = planner(graphs_per_row, rows).plan(0)
    np.testing.assert_array_equal(first, planner(graphs_per_row, rows).plan(0)[0])
    assert not np.array_equal(first, planner(graphs_per_row, rows).plan(1)[0])
    assert not np.array_equal(first, planner(graphs_per_row, rows, seed=1).plan(0)[0])


def test_without_shuffling_the_order_is_kept():
    slots, _ = planner(16, 1, shuffle=False).plan(7)
    np.testing.assert_array_equal(slots[slots >= 0], np.arange(NODES.size))


@pytest.mark.parametrize(("graphs_per_row", "rows"), [(16, 1), (4, 4), (1, 16), (1, 1)])
@pytest.mark.parametrize("shuffle", [True, False])
def test_the_first_two_batches_differ_where_any_do(graphs_per_row, rows, shuffle):
    plan = planner(graphs_per_row, rows, shuffle)
    assert len(plan.budgets) > 1
    for epoch in range(30):
        _, shape = plan.plan(epoch)
        first, second = plan.budgets[shape[0]], plan.budgets[shape[1]]
        assert first.num_nodes != second.num_nodes and first.num_edges != second.num_edges


def test_one_graph_a_row_pads_little():
    plan = planner(1, 16)
    slots, shape = plan.plan(0)
    cells = sum(plan.budgets[index].num_nodes * 16 for index in shape)
    assert NODES.sum() / cells > 0.75  # with one size: 0.55


def test_an_order_that_fits_no_size_is_drawn_again(monkeypatch):
    """With sizes known from one epoch only, many later orders do not fit at once."""
    monkeypatch.setattr(module.np, "clip", lambda *limits: 1)
    plan = planner(16, 1)
    drawn = []
    original = plan._slots
    monkeypatch.setattr(plan, "_slots", lambda *args: drawn.append(args) or original(*args))
    for epoch in range(20):
        _, shape = plan.plan(epoch)
        assert shape.max() < len(plan.budgets)
    assert len(drawn) > 20
    monkeypatch.setattr(module, "MAX_ATTEMPTS", 0)
    np.testing.assert_array_equal(plan.plan(5)[0], plan.plan(0)[0])
