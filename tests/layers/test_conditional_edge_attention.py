import keras
import numpy as np
import pytest

from keras_gt.layers import ConditionalEdgeAttention
from keras_gt.layers.conditional_edge_attention import signed_root
from keras_gt.testing import random_graph_inputs
from tests.layers.with_scores import check_scores
from tests.ops.backend_gradients import value_and_gradients

INPUTS = random_graph_inputs(num_edge_features=3)


def test_scores_come_aligned_with_the_edges():
    check_scores(ConditionalEdgeAttention(2, 3), INPUTS, heads=2, edge_features=True)


def test_the_signed_root_has_no_infinite_gradient():
    x = np.array([-4.0, 0.0, 0.25], "float32")
    value, gradients = value_and_gradients(signed_root_of, {"x": x}, np.ones(3, "float32"))
    np.testing.assert_allclose(value, [-2, 0, 0.5], rtol=1e-6)
    np.testing.assert_allclose(gradients["x"], [0.25, 0, 1], rtol=1e-6)


def signed_root_of(x):
    return signed_root(keras.ops.convert_to_tensor(x))


def test_edge_features_are_required():
    with pytest.raises(ValueError, match="edge_features must be given to ConditionalEdgeAttention"):
        ConditionalEdgeAttention(2, 3).compute_output_spec(INPUTS["node_features"])
