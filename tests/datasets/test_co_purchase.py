import io
import os

import numpy as np
import pytest
from scipy import sparse

from keras_gt import datasets
from keras_gt.datasets.co_purchase import read_co_purchase, read_object_npz


class CallsSystem:
    def __reduce__(self):
        return os.system, ("exit 1",)


def in_object_array(value):
    array = np.empty((), dtype=object)
    array[()] = value
    return array


def content(**changes):
    adjacency = np.array([[0, 1, 0], [0, 1, 1], [0, 0, 0]], "float32")  # directed, one self-loop
    members = {
        "adj_matrix": in_object_array(sparse.csr_matrix(adjacency)),
        "node_attr": in_object_array(sparse.csr_matrix(np.eye(3, dtype="float32") * 2)),
        "node_label": np.array([0, 2, 1], "int32"),
        "metadata": in_object_array({"class_names": np.array(["a", "b", "c"])}),
    }
    stream = io.BytesIO()
    np.savez(stream, **(members | changes))
    return {"tiny.npz": stream.getvalue()}


def test_a_tiny_set_is_read(make_info, write_files):
    dataset = read_co_purchase(make_info("tiny"), write_files(content()))
    edges = list(zip(dataset.graph.senders, dataset.graph.receivers, strict=True))
    assert edges == [(1, 0), (0, 1), (2, 1), (1, 2)]
    assert dataset.graph.node_features.tolist() == [[2, 0, 0], [0, 2, 0], [0, 0, 2]]
    assert dataset.labels.tolist() == [0, 2, 1] and dataset.label_names == ("a", "b", "c")
    assert dataset.splits == {}
    with pytest.raises(ValueError, match="no published split. Draw one with"):
        dataset.split()


def test_sparse_features_become_word_lists(make_info, write_files):
    attributes = sparse.csr_matrix(([3.0, 1.0], ([0, 2], [5, 39])), (3, 40))
    files = content(node_attr=in_object_array(attributes), metadata=in_object_array({}))
    dataset = read_co_purchase(make_info("tiny"), write_files(files))
    assert dataset.graph.feature_ids.tolist() == [[5], [-1], [39]]
    assert dataset.graph.feature_values.tolist() == [[3], [0], [1]]
    assert dataset.label_names == ()


@pytest.mark.parametrize(
    "member", [in_object_array(CallsSystem()), np.array([1, CallsSystem()], dtype=object)]
)
def test_a_hostile_object_array_is_refused(member, write_files, monkeypatch):
    paths = write_files(content(node_attr=member))
    monkeypatch.setattr(os, "system", lambda command: pytest.fail("the file ran a command"))
    with pytest.raises(
        datasets.RefusedPickleError, match="tiny.npz:node_attr.npy must name no class"
    ):
        read_object_npz(paths["tiny.npz"])


def test_other_members_are_refused(write_files):
    paths = write_files(content(metadata=np.array([1, "text"], dtype=object)))
    with pytest.raises(ValueError, match="metadata.npy must hold one object"):
        read_object_npz(paths["tiny.npz"])


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["amazon-photo", "amazon-computers", "coauthor-cs"])
def test_real_co_purchase_statistics(name):
    dataset = datasets.load(name)
    counts, published = dataset.info.statistics, dataset.info.published
    assert dataset.graph.num_nodes == counts["nodes"] == published["nodes"]
    assert dataset.graph.num_edges == counts["edges_stored"] == 2 * published["edges"]
    assert dataset.num_features == counts["features"] == published["features"]
    assert dataset.num_classes == counts["classes"] == len(dataset.label_names)
