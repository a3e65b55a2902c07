"""Transforms of the node features."""

import numpy as np


def row_normalise(graph):
    """Divide each node's features by their sum, as in bag-of-words graphs.

    Works on `node_features` (floats) and on `feature_ids`, where a word's value becomes its share.
    A node without features keeps zeros.

    Args:
        graph: a `Graph` with features of at least 0.

    Returns:
        A `Graph` with normalised `node_features`, or with `feature_values`.

    Raises:
        ValueError: if the graph has no such features, or negative ones.

    Example:

    >>> from keras_gt.graph import Graph, row_normalise
    >>> row_normalise(Graph(2, [], [], feature_ids=[[3, 5], [1, -1]])).feature_values
    array([[0.5, 0.5], [1. , 0. ]], dtype=float32)
    """
    changes = {}
    if graph.node_features is not None and graph.node_features.dtype == np.float32:
        changes["node_features"] = _shares("node_features", graph.node_features)
    if graph.feature_ids is not None:
        real = (graph.feature_ids >= 0).astype(np.float32)
        values = real if graph.feature_values is None else graph.feature_values * real
        changes["feature_values"] = _shares("feature_values", values)
    if not changes:
        raise ValueError(
            "graph must have float node_features or feature_ids. Categories cannot be normalised. "
            f"Received: graph={graph!r}"
        )
    return graph.replace(**changes)


def _shares(name, values):
    if values.size and values.min() < 0:
        raise ValueError(
            f"{name} must be at least 0 to be divided by their sum. Scale them another way. "
            f"Received: {name} with minimum {values.min()}"
        )
    total = values.sum(axis=1, keepdims=True, dtype=np.float64)  # (N, 1)
    return np.divide(values, total, out=np.zeros(values.shape), where=total > 0).astype(np.float32)


def to_bag_of_words(features):
    """The sparse form of a wide feature matrix: which columns are not zero in each row.

    Args:
        features: (N, F) array or SciPy sparse matrix.

    Returns:
        Pair of `feature_ids` (N, W) int32, ascending with -1 after the last, W the most non-zeros
        of a row (at least 1); and `feature_values` (N, W) float32, or None if every non-zero is 1.

    Raises:
        ValueError: if the features are not a matrix.

    Example:

    >>> from keras_gt.graph import to_bag_of_words
    >>> to_bag_of_words([[0, 1, 1], [1, 0, 0]])
    (array([[ 1,  2], [ 0, -1]], dtype=int32), None)
    """
    if hasattr(features, "tocsr"):
        matrix = features.tocsr(copy=True)
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        matrix.sort_indices()
        counts, columns, values = np.diff(matrix.indptr), matrix.indices, matrix.data
    else:
        dense = np.asarray(features)
        if dense.ndim != 2:
            raise ValueError(
                "features must be a matrix with one row a node. Reshape it to (N, F). "
                f"Received: features with shape {dense.shape}"
            )
        rows, columns = np.nonzero(dense)
        counts, values = np.bincount(rows, minlength=dense.shape[0]), dense[rows, columns]
    width = max(1, int(counts.max(initial=0)))
    row = np.repeat(np.arange(counts.size), counts)
    place = np.arange(row.size) - np.repeat(np.cumsum(counts) - counts, counts)
    ids = np.full((counts.size, width), -1, np.int32)
    ids[row, place] = columns
    if np.all(values == 1):
        return ids, None
    spread = np.zeros((counts.size, width), np.float32)
    spread[row, place] = values
    return ids, spread
