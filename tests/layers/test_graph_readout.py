import keras
import numpy as np
import pytest

from keras_gt.layers import GraphReadout
from keras_gt.testing import assert_close
from tests.layers.compiled import compiled

RNG = np.random.default_rng(4)
NODES = RNG.normal(size=(2, 7, 3)).astype("float32")
MASK = np.arange(7) < np.array([[6], [4]])
IDS = np.array([[0, 0, 0, 2, 2, 2, 0], [1, 1, 1, 1, 0, 0, 0]], "int32")
GRAPHS = np.array([[True, False, True], [False, True, False]])


@pytest.mark.parametrize("reduction", ["sum", "mean", "max"])
def test_equals_numpy(reduction):
    function = compiled(GraphReadout(reduction))
    expected = [getattr(NODES[row][MASK[row]].astype("float64"), reduction)(0) for row in (0, 1)]
    assert_close(function(NODES, MASK), np.stack(expected))
    packed = np.zeros((2, 3, 3))
    for row in (0, 1):
        for graph in range(3):
            mine = NODES[row][MASK[row] & (IDS[row] == graph)].astype("float64")
            packed[row, graph] = getattr(mine, reduction)(0) if len(mine) else 0
    assert_close(function(NODES, MASK, IDS, GRAPHS), packed)


def test_without_a_mask_every_node_is_real():
    found = keras.ops.convert_to_numpy(GraphReadout("mean")(NODES))
    assert_close(found, NODES.astype("float64").mean(axis=1))


def test_errors():
    with pytest.raises(ValueError, match="reduction must be one of"):
        GraphReadout("median")
    with pytest.raises(ValueError, match="graph_mask must be given with graph_ids"):
        GraphReadout()(NODES, MASK, graph_ids=IDS)
