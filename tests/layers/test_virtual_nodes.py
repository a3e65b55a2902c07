import keras
import numpy as np
import pytest

from keras_gt.layers import VirtualNodes
from tests.layers.compiled import compiled


def test_masked_nodes_stay_masked_and_virtual_ones_are_real():
    mask = np.array([[True, False, False], [True, True, False]])
    function = compiled(VirtualNodes(2))
    result = function(np.ones((2, 3, 4)), np.ones((2, 3, 3, 5)), node_mask=mask)
    found = keras.ops.convert_to_numpy(result[2])
    assert found.tolist() == np.pad(mask, [(0, 0), (2, 0)], constant_values=True).tolist()


def test_rows_of_several_graphs_are_refused():
    arguments = np.ones((1, 3, 4)), np.ones((1, 3, 3, 5))
    compiled(VirtualNodes())(*arguments, graph_mask=np.ones((1, 1), bool))
    with pytest.raises(ValueError, match="graph_mask must have a width of 1 for virtual nodes"):
        VirtualNodes()(*arguments, graph_mask=np.ones((1, 2), bool))
    with pytest.raises(ValueError, match="num_nodes must be a positive integer"):
        VirtualNodes(0)
