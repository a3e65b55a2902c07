import keras
import numpy as np
import pytest

from keras_gt.layers import PairFeatures
from keras_gt.testing import random_graph_inputs
from keras_gt.testing.layer_function import dense_pairs
from tests.layers.compiled import compiled
from tests.layers.with_scores import lists

INPUTS = random_graph_inputs(num_edge_features=3)


def test_edges_as_pairs_without_what_is_masked():
    function = compiled(PairFeatures())
    found = function(INPUTS["node_features"], lists(INPUTS), INPUTS["edge_features"])
    expected = dense_pairs(INPUTS, INPUTS["edge_features"])
    assert np.allclose(keras.ops.convert_to_numpy(found), expected)
    masked = {**lists(INPUTS), "mask": np.zeros_like(INPUTS["edge_mask"])}
    nothing = function(INPUTS["node_features"], masked, INPUTS["edge_features"])
    assert not keras.ops.convert_to_numpy(nothing).any()


def test_repeated_edges_add_up():
    edges = {"senders": np.array([[1, 1, 0]]), "receivers": np.array([[0, 0, 0]])}
    values = np.array([[[1.0], [2.0], [4.0]]], "float32")
    found = compiled(PairFeatures())(np.ones((1, 2, 5), "float32"), edges, values)
    assert keras.ops.convert_to_numpy(found)[..., 0].tolist() == [[[4, 3], [0, 0]]]


def test_errors():
    features, edges = INPUTS["node_features"], lists(INPUTS)
    with pytest.raises(ValueError, match="at most max_pair_elements=700.* = 726 elements"):
        PairFeatures(max_pair_elements=700)(features, edges, INPUTS["edge_features"])
    with pytest.raises(ValueError, match="edges must have senders and receivers"):
        PairFeatures()(features, {"senders": edges["senders"]}, INPUTS["edge_features"])
