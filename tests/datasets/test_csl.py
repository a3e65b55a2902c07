import pickle

import numpy as np
import pytest
from scipy import sparse

from keras_gt import datasets
from keras_gt.datasets.csl import GRAPHS_FILE, read_csl


def test_a_tiny_set_is_read(make_info, write_files):
    ring = np.eye(3) + np.roll(np.eye(3), 1, axis=0) + np.roll(np.eye(3), -1, axis=0)
    content = pickle.dumps([sparse.coo_matrix(ring)] * 4, protocol=4)
    files = {
        GRAPHS_FILE: content,
        "CSL_train.index": "0,2\r\n1,3\r\n",
        "CSL_val.index": "1\r\n2\r\n",
        "CSL_test.index": "3\r\n0\r\n",
    }
    info = make_info("csl", statistics={"classes": 2})
    dataset = read_csl(info, write_files(files))
    assert dataset.labels.tolist() == [0, 0, 1, 1]
    assert dataset.graphs[0].num_edges == 6  # the diagonal is dropped
    assert dataset.graphs[0].node_features.tolist() == [0, 0, 0]
    folds = [
        {part: numbers.tolist() for part, numbers in fold.items()}
        for fold in dataset.splits["published"]
    ]
    assert folds == [
        {"train": [0, 2], "validation": [1], "test": [3]},
        {"train": [1, 3], "validation": [2], "test": [0]},
    ]


@pytest.mark.real_data
def test_real_csl_statistics():
    dataset = datasets.load("csl")
    counts = dataset.info.statistics
    assert len(dataset.graphs) == counts["graphs"]
    assert sum(graph.num_nodes for graph in dataset.graphs) == counts["nodes"]
    assert {graph.num_edges for graph in dataset.graphs} == set(counts["edges_stored_per_graph"])
    assert np.bincount(dataset.labels).tolist() == counts["per_class"]
    for fold in dataset.splits["published"]:
        assert [np.bincount(dataset.labels[part]).tolist() for part in fold.values()] == [
            [9] * 10, [3] * 10, [3] * 10,
        ]  # fmt: skip
    # The first graph of each class is the circulant graph that its name says.
    for label, name in enumerate(dataset.label_names):
        skip = int(name.removesuffix(")").split(", ")[1])
        graph = dataset.graphs[int(np.flatnonzero(dataset.labels == label)[0])]
        adjacency = np.zeros((41, 41))
        adjacency[graph.receivers, graph.senders] = 1
        angles = 2 * np.pi * np.arange(41) / 41
        expected = 2 * np.cos(angles) + 2 * np.cos(skip * angles)
        np.testing.assert_allclose(np.linalg.eigvalsh(adjacency), np.sort(expected), atol=1e-9)
