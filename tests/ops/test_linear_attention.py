"""Linear attention against the product over all pairs, and at a size that has no such product."""

import keras
import numpy as np
import pytest

from keras_gt.ops import DenseEdges, NodeGroups, divide_rows, linear_attention
from keras_gt.testing import assert_close
from tests.layers.compiled import compiled
from tests.ops.backend_gradients import tensor_of

RNG = np.random.default_rng(5)
MASK = np.array([[1, 1, 1, 1, 1, 1, 0], [1, 1, 1, 0, 0, 0, 0]], bool)
IDS = np.array([[0, 0, 1, 1, 1, 2, 0], [0, 1, 1, 0, 0, 0, 0]], "int32")
GRAPHS = np.ones((2, 5), bool)


def arrays(rows, nodes, heads=2, sizes=(3, 3, 5)):
    return [RNG.normal(size=(rows, nodes, heads, size)).astype("float32") for size in sizes]


@compiled
def attend(query, key, value, groups, share=None):
    return linear_attention(query, key, value, NodeGroups(*groups), share)


@pytest.mark.parametrize("form", ["rows", "packed", "wide rows"])
def test_it_is_the_sum_over_the_pairs_of_each_graph(form):
    packed = form == "packed"
    heads, sizes = (7, (19, 19, 23)) if form == "wide rows" else (2, (3, 3, 5))
    query, key, value = arrays(2, 7, heads, sizes)
    key[~MASK] = value[~MASK] = np.nan  # nobody reads padding
    groups = (MASK, IDS, GRAPHS) if packed else (MASK,)
    share = tensor_of(np.full((2, 5 if packed else 1, 1, 1), 0.5, "float32"))
    results = attend(query, key, value, groups, share)
    numerator, denominator = (keras.ops.convert_to_numpy(result) for result in results)
    for row in range(2):
        for node in np.flatnonzero(MASK[row]):
            mine = MASK[row] & (IDS[row] == IDS[row, node]) if packed else MASK[row]
            scores = 0.5 * np.einsum("hk,nhk->nh", query[row, node], key[row, mine])
            expected = np.einsum("nh,nhv->hv", scores, value[row, mine])
            assert_close(numerator[row, node], expected)
            assert_close(denominator[row, node, :, 0], scores.sum(axis=0))


def test_rows_are_divided_by_their_own_divisor():
    x, _, divisor = arrays(2, 3, sizes=(5, 1, 1))
    assert_close(compiled(divide_rows)(x, divisor), x / divisor)


def test_half_types_are_summed_in_float32():
    """bfloat16 counts no further than 256."""
    ones = keras.ops.ones((1, 1000, 1, 1), dtype="bfloat16")
    numerator, denominator = attend(ones, ones, ones, ())
    for result in (numerator, denominator):
        assert keras.backend.standardize_dtype(result.dtype) == "float32"
        assert keras.ops.convert_to_numpy(result)[0, 0, 0, 0] == 1000


def test_the_cost_is_linear_in_the_nodes():
    """20,000 nodes: all pairs are more than a dense tensor may hold."""
    query, key, value = arrays(1, 20_000, heads=1, sizes=(2, 2, 2))
    with pytest.raises(ValueError, match="A dense pair tensor must have at most"):
        DenseEdges(None, query, key)
    results = attend(query, key, value, ())
    numerator, denominator = (keras.ops.convert_to_numpy(result) for result in results)
    chosen = RNG.integers(0, 20_000, 11)
    scores = query[0, chosen, 0].astype("float64") @ key[0, :, 0].T.astype("float64")
    assert_close(denominator[0, chosen, 0, 0], scores.sum(axis=1), 1e-4)
    assert_close(numerator[0, chosen, 0], scores @ value[0, :, 0], 1e-4)


def test_packed_rows_need_the_graph_mask():
    with pytest.raises(ValueError, match="graph_mask must be given with graph_ids"):
        NodeGroups(MASK, IDS)
