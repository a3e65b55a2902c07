import numpy as np
import pytest
from scipy.sparse import coo_array, csr_matrix

from keras_gt.graph import Graph, row_normalise, to_bag_of_words

DENSE = np.array([[0, 2, 0, 2], [0, 0, 0, 0], [1, 3, 4, 0]])


def spread(ids, values, width):
    """The dense matrix that a bag of words stands for."""
    dense = np.zeros((len(ids), width))
    for row, (columns, entries) in enumerate(zip(ids, values, strict=True)):
        for column, entry in zip(columns, entries, strict=True):
            if column >= 0:
                dense[row, column] += entry
    return dense


@pytest.mark.parametrize("make", [np.asarray, csr_matrix, coo_array])
def test_bag_of_words_is_the_matrix(make):
    ids, values = to_bag_of_words(make(DENSE))
    assert ids.tolist() == [[1, 3, -1], [-1, -1, -1], [0, 1, 2]]
    assert ids.dtype == np.int32 and values.dtype == np.float32
    np.testing.assert_array_equal(spread(ids, values, 4), DENSE)


@pytest.mark.parametrize("make", [np.asarray, csr_matrix])
def test_ones_need_no_values(make):
    ids, values = to_bag_of_words(make((DENSE > 0).astype(float)))
    assert ids.shape == (3, 3) and values is None


def test_sparse_matrices_may_be_stored_in_any_way():
    matrix = coo_array(([1, 1, 5, 0], ([0, 0, 1, 1], [3, 3, 2, 0])), shape=(2, 4))
    ids, values = to_bag_of_words(matrix)
    assert (ids.tolist(), values.tolist()) == ([[3], [2]], [[2], [5]])
    assert matrix.nnz == 4  # the given matrix stays as it is


def test_no_words_at_all():
    assert to_bag_of_words(np.zeros((2, 3)))[0].tolist() == [[-1], [-1]]


def test_features_must_be_a_matrix():
    with pytest.raises(ValueError, match=r"features must be a matrix.*shape \(3,\)"):
        to_bag_of_words(np.ones(3))


def test_dense_and_sparse_rows_are_normalised_alike():
    ids, values = to_bag_of_words(DENSE)
    graph = row_normalise(
        Graph(3, [], [], node_features=DENSE * 1.0, feature_ids=ids, feature_values=values)
    ).validate()
    expected = DENSE / np.maximum(DENSE.sum(1, keepdims=True), 1)
    np.testing.assert_allclose(graph.node_features, expected, rtol=1e-6)
    np.testing.assert_allclose(spread(ids, graph.feature_values, 4), expected, rtol=1e-6)


def test_values_of_no_word_do_not_count():
    graph = Graph(1, [], [], feature_ids=[[4, -1]], feature_values=[[3.0, 9.0]])
    assert row_normalise(graph).feature_values.tolist() == [[1, 0]]


def test_errors():
    with pytest.raises(ValueError, match="graph must have float node_features or feature_ids"):
        row_normalise(Graph(2, [], [], node_features=[1, 2]))
    with pytest.raises(ValueError, match="node_features must be at least 0.*minimum -1"):
        row_normalise(Graph(1, [], [], node_features=[[-1.0]]))
    with pytest.raises(ValueError, match="feature_values must be at least 0"):
        row_normalise(Graph(1, [], [], feature_ids=[[0]], feature_values=[[-1.0]]))
