import json

import numpy as np
import pytest

from keras_gt import datasets
from keras_gt.datasets.tu import read_dgcnn_text, read_tu

TEXT = "3\n2 5\n7 1 1\n9 1 0\n1 2\n9 0\n3 5\n7 1 2\n7 0\n8 1 0\n"


def folds():
    return {f"test_idx-{number}.txt": f"{number % 3}\n" for number in range(1, 11)}


def test_a_tiny_set_is_read(make_info, write_files):
    fold = {"test": [0], "model_selection": [{"train": [1], "validation": [2]}]}
    files = {"TINY.txt": TEXT, "TINY_splits.json": json.dumps([fold] * 10), **folds()}
    dataset = read_tu(make_info("tiny"), write_files(files))
    assert dataset.labels.tolist() == [1, 0, 1] and dataset.num_classes == 2
    assert [graph.num_nodes for graph in dataset.graphs] == [2, 1, 3]
    assert [graph.node_features.tolist() for graph in dataset.graphs] == [[0, 2], [2], [0, 0, 1]]
    assert dataset.graphs[1].num_edges == 0
    last = dataset.graphs[2]
    assert last.senders.tolist() == [2, 0] and last.receivers.tolist() == [0, 2]
    assert list(dataset.splits) == ["errica", "dgcnn"]
    assert dataset.split(9)["validation"].tolist() == [2]
    dgcnn = dataset.split(0, "dgcnn")
    assert dgcnn["test"].tolist() == [1] and dgcnn["train"].tolist() == [0, 2]
    assert dgcnn["validation"].size == 0


def test_without_errica_the_dgcnn_folds_are_the_default(make_info, write_files):
    dataset = read_tu(make_info("tiny"), write_files({"TINY.txt": TEXT, **folds()}))
    assert list(dataset.splits) == ["dgcnn"] and len(dataset.splits["dgcnn"]) == 10


@pytest.mark.parametrize(
    "text, words",
    [
        ("2\n1 0\n0 0\n", "Received"),
        ("1\n2 0\n0 0\n", "2 nodes with 1 lines|Received"),
        ("1\n1 0\n0 2 0\n", "degree 2 with 1 neighbours"),
        ("1\n1 0\n0 1 4\n", "neighbours outside a graph of 1 nodes"),
        ("one\n", "Received"),
    ],
)
def test_damaged_text_is_refused(text, words):
    with pytest.raises(ValueError, match=f"(?s)tiny.txt must be a DGCNN text file.*({words})"):
        read_dgcnn_text(text, "tiny.txt")


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["mutag", "tu-proteins", "nci1", "imdb-binary"])
def test_real_tu_statistics(name):
    dataset = datasets.load(name)
    counts, graphs = dataset.info.statistics, dataset.graphs
    assert len(graphs) == counts["graphs"] == dataset.info.published["graphs"]
    assert sum(graph.num_nodes for graph in graphs) == counts["nodes"]
    assert sum(graph.num_edges for graph in graphs) == counts["edges_stored"]
    assert dataset.num_classes == counts["classes"]
    assert max(graph.node_features.max() for graph in graphs) + 1 == counts["node_labels"]
    assert all(graph.is_symmetric() for graph in graphs[:50])
    tested = np.concatenate([fold["test"] for fold in dataset.splits["dgcnn"]])
    assert len(tested) == len(set(tested)) == counts["graphs"] - counts["unassigned"]
    for fold in dataset.splits.get("errica", ()):
        everything = np.sort(np.concatenate(list(fold.values())))
        np.testing.assert_array_equal(everything, np.arange(len(graphs)))
