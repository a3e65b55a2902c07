import keras
import numpy as np
import pytest

from keras_gt.layers import GraphConvolution
from tests.layers.compiled import compiled


def test_by_hand():
    """Node 1 reads node 0 with weight 3 and itself with weight 0.5."""
    layer = GraphConvolution(1, use_projection=False)
    edges = {"senders": np.array([[0, 1]]), "receivers": np.array([[1, 1]])}
    edges["weights"] = np.array([[3.0, 0.5]], "float32")
    nodes = np.array([[[2.0], [4.0]]], "float32")
    found = keras.ops.convert_to_numpy(compiled(layer)(nodes, edges))
    assert found.ravel().tolist() == [0.0, 8.0]


def test_features_must_be_projected_already_without_a_projection():
    with pytest.raises(ValueError, match="node_features must be as wide as units"):
        GraphConvolution(3, use_projection=False).build((1, 4, 5))
