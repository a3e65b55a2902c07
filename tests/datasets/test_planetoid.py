import pickle

import numpy as np
import pytest
from scipy import sparse

from keras_gt import datasets
from keras_gt.datasets.planetoid import NUM_GEOM_GCN_SPLITS, read_planetoid

# Seven nodes: 0..3 in allx, test nodes 6 and 4 in this order, node 5 missing as in CiteSeer.
WORDS = np.array([[1, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 0], [1, 1, 1, 0]], "float32")
TEST_WORDS = np.array([[0, 0, 0, 1], [0, 1, 1, 0]], "float32")
NEIGHBOURS = {0: [1, 2, 0], 1: [0, 0], 2: [], 3: [6], 4: [6], 5: [], 6: [4]}


def planetoid_files(neighbours=NEIGHBOURS):
    one_hot = np.eye(3, dtype="int32")
    parts = {
        "x": sparse.csr_matrix(WORDS[:2]),
        "y": one_hot[[0, 1]],
        "allx": sparse.csr_matrix(WORDS),
        "ally": one_hot[[0, 1, 2, 0]],
        "tx": sparse.csr_matrix(TEST_WORDS),
        "ty": one_hot[[2, 1]],
        "graph": neighbours,
    }
    files = {f"ind.tiny.{part}": pickle.dumps(value, 4) for part, value in parts.items()}
    return files | {"ind.tiny.test.index": b"6\n4\n"}


def test_a_tiny_set_is_read(make_info, write_files):
    files = planetoid_files()
    dataset = read_planetoid(make_info("tiny"), write_files(files))
    graph = dataset.graph
    assert graph.num_nodes == 7 and dataset.num_classes == 3 and dataset.num_features == 4
    assert graph.feature_ids.tolist() == [
        [0, 3, -1], [1, -1, -1], [2, -1, -1], [0, 1, 2], [1, 2, -1], [-1, -1, -1], [3, -1, -1],
    ]  # fmt: skip
    assert graph.feature_values is None
    assert dataset.labels.tolist() == [0, 1, 2, 0, 1, 0, 2]
    edges = set(zip(graph.senders.tolist(), graph.receivers.tolist(), strict=True))
    assert edges == {(0, 1), (1, 0), (0, 2), (2, 0), (3, 6), (6, 3), (4, 6), (6, 4)}
    assert graph.num_edges == 8
    public = dataset.split()
    assert np.flatnonzero(public["train"]).tolist() == [0, 1]
    assert np.flatnonzero(public["test"]).tolist() == [4, 6]
    assert public["validation"][2] and not public["validation"][:2].any()


def test_geom_gcn_splits_are_read_as_booleans(make_info, write_files, tmp_path):
    paths = write_files(planetoid_files())
    for number in range(NUM_GEOM_GCN_SPLITS):
        name = f"tiny_split_0.6_0.2_{number}.npz"
        masks = {f"{part}_mask": np.arange(7) == number % 7 for part in ("train", "val", "test")}
        np.savez(tmp_path / name, **{key: mask.astype("uint8") for key, mask in masks.items()})
        paths[name] = tmp_path / name
    dataset = read_planetoid(make_info("tiny"), paths)
    assert list(dataset.splits) == ["public", "geom_gcn"]
    split = dataset.split(3, "geom_gcn")
    assert split["validation"].dtype == bool and split["validation"].tolist().index(True) == 3


def test_an_edge_outside_the_graph_is_refused(make_info, write_files):
    files = planetoid_files(NEIGHBOURS | {0: [7]})
    with pytest.raises(ValueError, match=r"receivers must lie in \[0, 7\)"):
        read_planetoid(make_info("tiny"), write_files(files))


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["cora", "citeseer"])
def test_real_planetoid_statistics(name):
    dataset = datasets.load(name)
    counts, graph = dataset.info.statistics, dataset.graph
    assert graph.num_nodes == counts["nodes"]
    assert graph.num_edges == counts["edges_stored"] == 2 * counts["edges_undirected"]
    assert dataset.num_features == counts["features"] and graph.is_symmetric()
    assert dataset.num_classes == counts["classes"] == len(dataset.label_names)
    public = {part: int(mask.sum()) for part, mask in dataset.split().items()}
    assert public == {
        "train": counts["train"], "validation": counts["val"], "test": counts["test"],
    }  # fmt: skip
    without_words = (graph.feature_ids < 0).all(axis=1)
    assert without_words.sum() == counts["unlabelled_rows"]
    assert not any(mask[without_words].any() for mask in dataset.split().values())
    for number, masks in enumerate(dataset.splits["geom_gcn"]):
        expected = counts["geom"]
        if name == "citeseer" and number in (4, 5):
            expected = counts["geom_splits_4_and_5"]
        assert [int(mask.sum()) for mask in masks.values()] == expected
        assert not (masks["train"] & masks["test"]).any()


@pytest.mark.real_data
def test_real_cora_inputs_are_normalised():
    dataset = datasets.load("cora")
    inputs = dataset.inputs
    words = inputs["feature_values"].sum(axis=2)
    np.testing.assert_allclose(words, 1, rtol=1e-6)
    assert inputs["senders"].shape == (1, 10556 + 2708)
    assert np.bincount(dataset.labels).tolist() == [351, 217, 418, 818, 426, 298, 180]
