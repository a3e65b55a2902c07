import keras
import numpy as np
import pytest

from keras_gt.layers import PairMask
from keras_gt.testing import random_graph_inputs
from keras_gt.testing.layer_function import dense_pairs
from tests.layers.with_scores import lists

INPUTS = random_graph_inputs()


def test_edges_as_an_adjacency():
    found = PairMask("edges")(INPUTS["node_features"], lists(INPUTS))
    expected = dense_pairs(INPUTS, INPUTS["edge_mask"])
    assert np.array_equal(keras.ops.convert_to_numpy(found), expected)


def test_complete_graphs_of_a_packed_row():
    mask, ids = INPUTS["node_mask"], np.tile(np.arange(11) // 4, (2, 1)).astype("int32")
    found = PairMask()(INPUTS["node_features"], node_mask=mask, graph_ids=ids)
    expected = (ids[:, :, None] == ids[:, None]) & mask[:, None] & mask[:, :, None]
    assert np.array_equal(keras.ops.convert_to_numpy(found), expected)


def test_errors():
    with pytest.raises(ValueError, match="pairs must be one of"):
        PairMask("some")
    with pytest.raises(ValueError, match="must have at most max_pair_elements=100"):
        PairMask(max_pair_elements=100)(INPUTS["node_features"])
