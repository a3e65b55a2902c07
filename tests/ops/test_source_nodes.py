import keras
import numpy as np

from keras_gt.ops.source_nodes import pad_sources, read_sources


def test_edges_from_sources_come_after_the_given_ones():
    edges = {
        "senders": np.array([[4, 0]], "int32"),
        "receivers": np.array([[0, 1]], "int32"),
        "weights": np.array([[0.5, 0.25]], "float32"),
        "receiver_offsets": np.array([[0, 1, 2]], "int32"),
    }
    mask = np.array([[True, False]])
    found = read_sources(edges, mask, num_receivers=2, num_senders=5, num_sources=2)
    found = {key: keras.ops.convert_to_numpy(value)[0].tolist() for key, value in found.items()}
    assert found == {
        "senders": [4, 0, 5, 6, 5, 6],
        "receivers": [0, 1, 0, 0, 1, 1],
        "mask": [True, False, True, True, True, True],
        "weights": [0.5, 0.25, 1, 1, 1, 1],
    }


def test_dense_edges_get_columns():
    reads = np.array([[[True, True], [False, True]]])
    mask = reads & np.array([True, False])
    found = keras.ops.convert_to_numpy(read_sources(reads, mask, 2, 2, 1))
    assert found.tolist() == [[[True, False, True], [False, False, True]]]
    weights = np.array([[[0.5, 2], [0, 3]]], "float32")
    found = keras.ops.convert_to_numpy(read_sources(weights, mask, 2, 2, 1))
    assert found.tolist() == [[[0.5, 0, 1], [0, 0, 1]]]
    assert read_sources(None, None, 2, 2, 1) is None


def test_values_of_edges_are_padded():
    found = keras.ops.convert_to_numpy(pad_sources(np.ones((1, 2, 3), "float32"), 1, 2))
    assert found[0].tolist() == [[1] * 3] * 2 + [[0] * 3] * 2
