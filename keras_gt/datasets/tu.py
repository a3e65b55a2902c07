"""TUDataset graphs in the text files of DGCNN, with the folds of DGCNN and of Errica et al."""

import json

import numpy as np

from keras_gt.datasets.graph_dataset import GraphDataset
from keras_gt.graph import Graph

NUM_FOLDS = 10
_NO_GRAPHS = np.zeros(0, np.int64)


def read_tu(info, files):
    """Reads one TUDataset set.

    The text begins with the number of graphs; each graph with a line `n label`, followed by n lines
    `tag degree neighbour neighbour ...`. Labels and tags become their rank among the values.

    Args:
        info: `DatasetInfo`.
        files: dict from file name to path: the text, `test_idx-1.txt` to `test_idx-10.txt` and,
            where there is one, the `*_splits.json` of Errica et al.

    Returns:
        `GraphDataset`: node features are categories; splits `errica` (train, validation, test)
        where there are any, and `dgcnn` (no validation graphs).

    Raises:
        ValueError: the text does not have the promised graphs.
    """
    folds = [f"test_idx-{number}.txt" for number in range(1, NUM_FOLDS + 1)]
    errica = next((name for name in files if name.endswith("_splits.json")), None)
    (text,) = (name for name in files if name not in folds and name != errica)
    graphs, labels = read_dgcnn_text(files[text].read_text("ascii"), text)
    splits = {}
    if errica is not None:
        splits["errica"] = _errica_folds(json.loads(files[errica].read_text("utf-8")))
    tested = [np.loadtxt(files[name], dtype=np.int64, ndmin=1) for name in folds]
    everything = np.arange(len(graphs))
    splits["dgcnn"] = [
        {"train": np.setdiff1d(everything, test), "validation": _NO_GRAPHS, "test": test}
        for test in tested
    ]
    return GraphDataset(
        name=info.name,
        graphs=graphs,
        labels=labels,
        num_classes=int(labels.max()) + 1,
        label_names=info.label_names,
        unit=info.unit,
        splits=splits,
        info=info,
    )


def read_dgcnn_text(text, source):
    """Parses the DGCNN text format.

    Args:
        text: str.
        source: str, the file's name, for messages.

    Returns:
        `(graphs, labels)`: a list of `Graph` whose node features are tag ranks, and an int32 array.

    Raises:
        ValueError: lines are missing or a node has another number of neighbours than it says.
    """
    lines = text.split("\n")
    try:
        records = list(_parse_graphs(lines))
    except (IndexError, ValueError) as error:
        raise ValueError(f"{source} must be a DGCNN text file. Received: {error}") from error
    tags = [tag for _, graph_tags, _, _ in records for tag in graph_tags]
    _, labels = np.unique([label for label, _, _, _ in records], return_inverse=True)
    _, ranks = np.unique(tags, return_inverse=True)
    graphs, start = [], 0
    for _, graph_tags, degrees, neighbours in records:
        num_nodes = len(graph_tags)
        receivers = np.repeat(np.arange(num_nodes, dtype=np.int32), degrees)
        graph = Graph(
            num_nodes,
            np.array(neighbours, np.int32),
            receivers,
            node_features=ranks[start : start + num_nodes].astype(np.int32),
        )
        graphs.append(graph)
        start += num_nodes
    return graphs, labels.astype(np.int32)


def _parse_graphs(lines):
    position = 1
    for _ in range(int(lines[0])):
        num_nodes, label = map(int, lines[position].split())
        tags, degrees, neighbours = [], [], []
        for line in lines[position + 1 : position + 1 + num_nodes]:
            tag, degree, *others = map(int, line.split())
            if len(others) != degree:
                raise ValueError(f"a node of degree {degree} with {len(others)} neighbours")
            tags.append(tag)
            degrees.append(degree)
            neighbours += others
        if len(tags) != num_nodes:
            raise ValueError(f"a graph of {num_nodes} nodes with {len(tags)} lines")
        if neighbours and not 0 <= min(neighbours) <= max(neighbours) < num_nodes:
            raise ValueError(f"neighbours outside a graph of {num_nodes} nodes")
        yield label, tags, degrees, neighbours
        position += 1 + num_nodes


def _errica_folds(folds):
    return [
        {
            "train": np.array(fold["model_selection"][0]["train"], np.int64),
            "validation": np.array(fold["model_selection"][0]["validation"], np.int64),
            "test": np.array(fold["test"], np.int64),
        }
        for fold in folds
    ]
