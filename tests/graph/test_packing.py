import itertools

import numpy as np
import pytest

from keras_gt.graph.packing import SHAPE_COST, choose_shapes, deal, fitting_shape, round_up


def test_one_row_keeps_the_order():
    slots = deal(np.array([3, 1, 0, 2, 4]), np.ones(5, int), num_rows=1, graphs_per_row=2)
    assert slots.tolist() == [[[3, 1]], [[0, 2]], [[4, -1]]]


def test_rows_get_nearly_equal_sizes():
    rng = np.random.default_rng(2)
    sizes = rng.integers(3, 60, size=1000)
    slots = deal(rng.permutation(1000), sizes, num_rows=4, graphs_per_row=16)
    assert slots.shape == (16, 4, 16)
    assert sorted(slots[slots >= 0]) == list(range(1000))
    rows = sizes[slots[:-1]].sum(axis=2)
    assert (rows.max(axis=1) / rows.mean(axis=1)).mean() < 1.03


def padding(nodes, edges, shapes):
    shape = fitting_shape(nodes, edges, shapes)
    return np.array([sum(s) for s in shapes])[shape].sum()


@pytest.mark.parametrize("max_shapes", [1, 2, 3])
def test_shapes_are_the_best_of_all_cuts(max_shapes):
    rng = np.random.default_rng(max_shapes)
    nodes = rng.integers(5, 25, size=60)
    edges = 2 * nodes  # so that the order by nodes is the order by edges
    best = {}
    for count in range(1, max_shapes + 1):
        cuts = itertools.combinations(np.unique(nodes), count)
        tried = [[(n, 2 * n) for n in cut] for cut in cuts if cut[-1] == nodes.max()]
        best[count] = min(padding(nodes, edges, shapes) for shapes in tried)
    score = min(best[count] / best[1] + SHAPE_COST * count for count in best)
    shapes = choose_shapes(nodes, edges, max_shapes)
    found = padding(nodes, edges, shapes) / best[1] + SHAPE_COST * len(shapes)
    assert len(shapes) <= max_shapes
    np.testing.assert_allclose(found, score)


def test_every_row_fits_a_shape_and_shapes_ascend():
    rng = np.random.default_rng(4)
    nodes = rng.lognormal(4, 1, size=500).astype(int) + 1
    edges = (nodes * rng.uniform(1, 5, size=500)).astype(int)
    shapes = choose_shapes(nodes, edges, max_shapes=4)
    assert (np.diff(shapes, axis=0) > 0).all()
    assert fitting_shape(nodes, edges, shapes).max() < len(shapes)


def test_shapes_differ_in_edges_too():
    nodes, edges = np.repeat([10, 100], 50), np.full(100, 30)
    assert choose_shapes(nodes, edges, max_shapes=2) == [(10, 30), (100, 31)]


def test_equal_rows_have_one_shape():
    assert choose_shapes(np.full(9, 41), np.full(9, 164), max_shapes=4) == [(41, 168)]


def test_fitting_shape_needs_both_sizes():
    shapes = [(5, 10), (7, 20)]
    assert fitting_shape([5, 5, 7, 8], [10, 11, 20, 1], shapes).tolist() == [0, 1, 1, 2]


def test_large_sizes_are_rounded():
    assert [round_up(n) for n in (1, 127, 128, 129)] == [1, 127, 128, 136]
