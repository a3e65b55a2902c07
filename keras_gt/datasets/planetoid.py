"""Cora and CiteSeer in the files of Planetoid: pickles written by Python 2."""

import numpy as np

from keras_gt.datasets.edge_lists import undirected_edges
from keras_gt.datasets.node_dataset import NodeDataset
from keras_gt.datasets.unpickler import (
    CONTAINER_CLASSES,
    NUMPY_CLASSES,
    SPARSE_CLASSES,
    load_pickle,
)
from keras_gt.graph import Graph, to_bag_of_words

NUM_VALIDATION = 500
NUM_GEOM_GCN_SPLITS = 10


def read_planetoid(info, files):
    """Reads one Planetoid set.

    Rows of `allx` belong to nodes 0, 1, ...; row i of `tx` to the node on line i of `test.index`.
    Node numbers that are in neither (15 in CiteSeer) get no words and label 0.

    Args:
        info: `DatasetInfo`; its name is part of the file names.
        files: dict from file name to path: the eight `ind.*` files, and the ten Geom-GCN splits
            where there are any.

    Returns:
        `NodeDataset` with the split `public`, and `geom_gcn` where its files are given.

    Raises:
        ValueError: a file is damaged, or names a class that such files do not hold.
    """
    from scipy import sparse

    features, test_features = (
        _pickle(info, files, part, SPARSE_CLASSES) for part in ("allx", "tx")
    )
    labels, test_labels = (_pickle(info, files, part).to_numpy() for part in ("ally", "ty"))
    num_train = len(_pickle(info, files, "y").to_numpy())
    neighbours = _pickle(info, files, "graph", CONTAINER_CLASSES)
    test = np.loadtxt(files[f"ind.{info.name}.test.index"], dtype=np.int64, ndmin=1)

    num_nodes = max(len(labels), int(test.max()) + 1)
    rows, columns, values = features.to_coordinates()
    test_rows, test_columns, test_values = test_features.to_coordinates()
    num_features = features.shape[1]
    entries = (
        np.concatenate([rows, test[test_rows]]),
        np.concatenate([columns, test_columns]),
    )
    words = sparse.csr_matrix(
        (np.concatenate([values, test_values]), entries), (num_nodes, num_features)
    )
    feature_ids, feature_values = to_bag_of_words(words)
    one_hot = np.zeros((num_nodes, labels.shape[1]), labels.dtype)
    one_hot[: len(labels)] = labels
    one_hot[test] = test_labels
    senders = [node for node, others in neighbours.items() for _ in others]
    receivers = [other for others in neighbours.values() for other in others]
    senders, receivers = undirected_edges(senders, receivers, num_nodes)

    public = {
        "train": np.arange(num_nodes) < num_train,
        "validation": np.isin(np.arange(num_nodes), num_train + np.arange(NUM_VALIDATION)),
        "test": np.isin(np.arange(num_nodes), test),
    }
    splits = {"public": [public]}
    if _geom_gcn_name(info, 0) in files:
        paths = [files[_geom_gcn_name(info, number)] for number in range(NUM_GEOM_GCN_SPLITS)]
        splits["geom_gcn"] = [_read_masks(path) for path in paths]
    return NodeDataset(
        name=info.name,
        graph=Graph(
            num_nodes,
            senders,
            receivers,
            feature_ids=feature_ids,
            feature_values=feature_values,
        ),
        labels=one_hot.argmax(axis=1).astype(np.int32),
        num_classes=one_hot.shape[1],
        num_features=num_features,
        label_names=info.label_names,
        splits=splits,
        info=info,
        transforms=info.transforms,
    )


def _pickle(info, files, part, further_classes=frozenset()):
    name = f"ind.{info.name}.{part}"
    return load_pickle(files[name].read_bytes(), NUMPY_CLASSES | further_classes, name)


def _geom_gcn_name(info, number):
    return f"{info.name}_split_0.6_0.2_{number}.npz"


def _read_masks(path):
    with np.load(path, allow_pickle=False) as masks:
        return {
            part: masks[f"{name}_mask"].astype(bool)
            for part, name in (("train", "train"), ("validation", "val"), ("test", "test"))
        }
