import keras
import numpy as np
import pytest

from keras_gt.layers import VirtualNodeFeatures


def test_all_graphs_begin_alike_and_all_features_are_their_own():
    layer, features = VirtualNodeFeatures(3), np.ones((2, 5, 7), "float32")
    nodes, edges = layer(features, graph_mask=np.ones((2, 11), bool))
    assert tuple(nodes.shape) == (2, 11, 3, 7) and tuple(edges.shape) == (2, 2, 3, 7)
    nodes, edges = keras.ops.convert_to_numpy(nodes), keras.ops.convert_to_numpy(edges)
    np.testing.assert_array_equal(nodes, np.broadcast_to(nodes[:1, :1], nodes.shape))
    np.testing.assert_array_equal(edges[0], edges[1])
    vectors = np.concatenate([nodes[0, 0], *edges[0]])
    assert len(np.unique(vectors, axis=0)) == 9
    assert 0.5 < vectors.std() < 1.5
    assert tuple(layer(features)[0].shape) == (2, 1, 3, 7)


def test_a_number_of_nothing_is_refused():
    with pytest.raises(ValueError, match="num_nodes must be a positive integer"):
        VirtualNodeFeatures(0)
