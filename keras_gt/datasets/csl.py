"""CSL: circulant skip-link graphs, a pickle of SciPy adjacency matrices and index files."""

import numpy as np

from keras_gt.datasets.edge_lists import undirected_edges
from keras_gt.datasets.graph_dataset import GraphDataset
from keras_gt.datasets.unpickler import NUMPY_CLASSES, SPARSE_CLASSES, load_pickle
from keras_gt.graph import Graph

GRAPHS_FILE = "graphs_Kary_Deterministic_Graphs.pkl"
_INDEX_FILES = {
    "train": "CSL_train.index",
    "validation": "CSL_val.index",
    "test": "CSL_test.index",
}


def read_csl(info, files):
    """Reads the CSL graphs.

    Args:
        info: `DatasetInfo`; its `statistics["classes"]` is the number of classes, whose graphs
            stand one class after the other in the file.
        files: dict from file name to path: a pickled list of SciPy COO matrices (their diagonal is
            dropped), and three index files with one line of graph numbers a fold.

    Returns:
        `GraphDataset`: every node has the same category 0; splits `published`.

    Raises:
        ValueError: the pickle is damaged, or names a class that such files do not hold.
    """
    content = files[GRAPHS_FILE].read_bytes()
    matrices = load_pickle(content, NUMPY_CLASSES | SPARSE_CLASSES, GRAPHS_FILE)
    num_classes = info.statistics["classes"]
    folds = {part: _read_index(files[name]) for part, name in _INDEX_FILES.items()}
    return GraphDataset(
        name=info.name,
        graphs=[_graph(matrix) for matrix in matrices],
        labels=np.repeat(np.arange(num_classes), len(matrices) // num_classes).astype(np.int32),
        num_classes=num_classes,
        label_names=info.label_names,
        unit=info.unit,
        splits={
            "published": [
                {"train": train, "validation": validation, "test": test}
                for train, validation, test in zip(*folds.values(), strict=True)
            ]
        },
        info=info,
    )


def _graph(matrix):
    num_nodes, _ = matrix.shape
    rows, columns, values = matrix.to_coordinates()
    present = values != 0
    senders, receivers = undirected_edges(rows[present], columns[present], num_nodes)
    return Graph(num_nodes, senders, receivers, node_features=np.zeros(num_nodes, np.int32))


def _read_index(path):
    lines = path.read_text("ascii").split()
    return [np.array(line.split(","), np.int64) for line in lines]
