"""PATTERN and CLUSTER as data sets: our own samples, drawn once and cached."""

import numpy as np

from keras_gt.datasets.block_models import sample_graphs, unpack_graphs
from keras_gt.datasets.graph_dataset import GraphDataset
from keras_gt.datasets.parsed_cache import cached_arrays
from keras_gt.graph import Graph

# Raise it when the same seed would give other graphs.
GENERATOR_VERSION = 1


def read_block_model(info, files, seed=0, sizes=None):
    """Draws PATTERN or CLUSTER graphs, or reads those that were drawn before.

    Args:
        info: `DatasetInfo`; its name chooses the generator.
        files: empty dict.
        seed: int. The same seed and sizes give the same graphs.
        sizes: numbers of graphs for training, validation and test; the published ones by default.

    Returns:
        `GraphDataset` with an int32 array of node labels a graph, and the split `sampled`.

    Raises:
        ValueError: `sizes` is not three numbers of at least 1.
    """
    sizes = tuple(info.statistics["split"] if sizes is None else sizes)
    if len(sizes) != 3 or min(sizes) < 1:
        raise ValueError(f"sizes must be three numbers of at least 1. Received: sizes={sizes}")
    arrays = cached_arrays(
        info.name,
        (GENERATOR_VERSION, seed, sizes),
        lambda: sample_graphs(info.name, sizes, seed),
    )
    graphs, labels = [], []
    for senders, receivers, features, node_labels in unpack_graphs(arrays):
        graphs.append(Graph(len(features), senders, receivers, node_features=features))
        labels.append(node_labels)
    train, validation, test = np.split(np.arange(sum(sizes)), np.cumsum(sizes)[:2])
    return GraphDataset(
        name=info.name,
        graphs=graphs,
        labels=labels,
        num_classes=info.statistics["classes"],
        label_names=info.label_names,
        unit=info.unit,
        splits={"sampled": [{"train": train, "validation": validation, "test": test}]},
        info=info,
    )
