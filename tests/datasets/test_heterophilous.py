import io

import numpy as np
import pytest

from keras_gt import datasets
from keras_gt.datasets.heterophilous import read_heterophilous


def content(features):
    masks = np.array([[1, 0, 0], [0, 1, 0]], bool)
    stream = io.BytesIO()
    np.savez(
        stream,
        node_features=features,
        node_labels=np.array([1, 0, 1]),
        edges=np.array([[0, 1], [2, 1]]),
        train_masks=masks,
        val_masks=masks[::-1],
        test_masks=~(masks | masks[::-1]),
    )
    return {"tiny.npz": stream.getvalue()}


def test_a_tiny_set_is_read(make_info, write_files):
    features = np.array([[0.5, 1], [0, 2], [1, 0]])
    dataset = read_heterophilous(make_info("tiny"), write_files(content(features)))
    assert dataset.graph.node_features.tolist() == features.tolist()
    edges = list(zip(dataset.graph.senders, dataset.graph.receivers, strict=True))
    assert edges == [(1, 0), (0, 1), (2, 1), (1, 2)]
    assert dataset.labels.tolist() == [1, 0, 1] and dataset.num_classes == 2
    assert len(dataset.splits["published"]) == 2
    assert dataset.split(1)["train"].tolist() == [False, True, False]
    assert dataset.split(1)["validation"].tolist() == [True, False, False]


def test_wide_features_become_word_lists(make_info, write_files):
    features = np.zeros((3, 300), "float32")
    features[0, [7, 299]] = 1
    features[2, 0] = 1
    dataset = read_heterophilous(make_info("tiny"), write_files(content(features)))
    assert dataset.graph.node_features is None and dataset.num_features == 300
    assert dataset.graph.feature_ids.tolist() == [[7, 299], [-1, -1], [0, -1]]


@pytest.mark.real_data
@pytest.mark.parametrize(
    "name", ["minesweeper", "tolokers", "chameleon-filtered", "squirrel-filtered"]
)
def test_real_heterophilous_statistics(name):
    dataset = datasets.load(name)
    counts, published = dataset.info.statistics, dataset.info.published
    assert dataset.graph.num_nodes == counts["nodes"] == published["nodes"]
    assert dataset.graph.num_edges == 2 * counts["edges_unique_undirected"]
    assert dataset.num_features == counts["features"] == published["features"]
    assert dataset.num_classes == counts["classes"] == published["classes"]
    assert len(dataset.splits["published"]) == counts["splits"]
    sizes = [int(mask.sum()) for mask in dataset.split().values()]
    assert sizes == [counts["train"], counts["val"], counts["test"]]
    for masks in dataset.splits["published"]:
        assert (np.sum(list(masks.values()), axis=0) == 1).all()
