import keras
import numpy as np

from keras_gt.layers import AttentionReadout
from keras_gt.testing import assert_close
from tests.layers.compiled import compiled
from tests.layers.test_graph_readout import GRAPHS, IDS, MASK, NODES


def test_equals_numpy():
    keras.utils.set_random_seed(0)
    layer = AttentionReadout()
    layer.build(NODES.shape)
    kernel = keras.ops.convert_to_numpy(layer.gate.kernel).astype("float64")[:, 0]

    def readout(nodes):
        powers = np.exp(nodes.astype("float64") @ kernel)
        return (powers / powers.sum()) @ nodes

    expected = np.stack([readout(NODES[row][MASK[row]]) for row in (0, 1)])
    assert_close(compiled(layer)(NODES, MASK), expected)
    packed = np.zeros((2, 3, 3))
    for row in (0, 1):
        for graph in range(3):
            mine = MASK[row] & (IDS[row] == graph)
            if mine.any():
                packed[row, graph] = readout(NODES[row][mine])
    assert_close(compiled(layer)(NODES, MASK, IDS, GRAPHS), packed)
