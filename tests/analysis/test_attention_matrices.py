import numpy as np
import pytest

from keras_gt.analysis import attention_matrices
from keras_gt.graph import Graph


def test_edges_become_matrices_without_padding():
    inputs = {
        "senders": np.array([[2, 0, 0, 3]]),
        "receivers": np.array([[0, 1, 1, 3]]),
        "edge_mask": np.array([[True, True, True, False]]),
        "node_mask": np.array([[True, True, True, False]]),
    }
    scores = np.array([[[0.1, 0.2], [0.3, 0.4], [0.25, 0.5], [9.0, 9.0]]])
    expected = np.zeros((2, 3, 3))
    expected[:, 0, 2] = 0.1, 0.2
    expected[:, 1, 0] = 0.55, 0.9  # stored twice
    np.testing.assert_allclose(attention_matrices(inputs, scores), expected)


def test_dense_scores_lose_padding_and_keep_virtual_nodes():
    scores = np.arange(2 * 4 * 4.0).reshape(1, 2, 4, 4)
    np.testing.assert_array_equal(attention_matrices({}, scores), scores[0])
    inputs = {"node_mask": np.array([[True, False, True]])}  # one virtual node before these
    kept = np.ix_(range(2), [0, 1, 3], [0, 1, 3])
    np.testing.assert_array_equal(attention_matrices(inputs, scores), scores[0][kept])


def test_the_number_of_nodes_is_that_of_the_graph():
    inputs = Graph(4, [0], [1], node_features=np.ones((4, 2))).inputs()
    assert attention_matrices(inputs, np.ones((1, 1, 1))).shape == (1, 4, 4)
    inputs = {"senders": np.array([[0]]), "receivers": np.array([[1]])}
    assert attention_matrices(inputs, np.ones((1, 1, 1))).shape == (1, 2, 2)


def test_scores_of_other_inputs_are_refused():
    inputs = Graph(2, [0, 1], [1, 0]).inputs()
    with pytest.raises(ValueError, match="scores must be aligned to the edges of inputs"):
        attention_matrices(inputs, np.ones((1, 3, 1)))
    with pytest.raises(ValueError, match="scores must be those of one layer on one graph"):
        attention_matrices(inputs, np.ones((2, 2, 1)))
    with pytest.raises(ValueError, match="scores must be of the nodes of inputs"):
        attention_matrices({"node_mask": np.ones((1, 5), bool)}, np.ones((1, 1, 4, 4)))
