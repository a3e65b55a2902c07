"""Minesweeper, tolokers and the filtered Wikipedia graphs: plain .npz files."""

import numpy as np

from keras_gt.datasets.edge_lists import undirected_edges
from keras_gt.datasets.node_dataset import NodeDataset
from keras_gt.graph import Graph, to_bag_of_words

# Wide matrices of zeros and ones become word lists; the few features of the others stay dense.
_WIDE = 256


def read_heterophilous(info, files):
    """Reads one set of the heterophilous graphs.

    Args:
        info: `DatasetInfo`.
        files: dict from file name to path: one .npz with `node_features`, `node_labels`, `edges`
            (E, 2), each undirected edge once, and `train_masks`, `val_masks`, `test_masks`.

    Returns:
        `NodeDataset` with the splits `published`.
    """
    (path,) = files.values()
    with np.load(path, allow_pickle=False) as arrays:
        features, labels = arrays["node_features"], arrays["node_labels"]
        senders, receivers = arrays["edges"].T
        masks = [arrays[f"{part}_masks"].astype(bool) for part in ("train", "val", "test")]
    num_nodes, num_features = features.shape
    senders, receivers = undirected_edges(senders, receivers, num_nodes)
    if num_features > _WIDE:
        ids, values = to_bag_of_words(features)
        carried = {"feature_ids": ids, "feature_values": values}
    else:
        carried = {"node_features": features.astype(np.float32)}
    return NodeDataset(
        name=info.name,
        graph=Graph(num_nodes, senders, receivers, **carried),
        labels=labels.astype(np.int32),
        num_classes=int(labels.max()) + 1,
        num_features=num_features,
        label_names=info.label_names,
        splits={
            "published": [
                {"train": train, "validation": validation, "test": test}
                for train, validation, test in zip(*masks, strict=True)
            ]
        },
        info=info,
        transforms=info.transforms,
    )
