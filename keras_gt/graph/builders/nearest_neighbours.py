"""Edges between points that lie close together."""

import numpy as np


def nearest_neighbours(points, k):
    """Each point reads the k points nearest to it.

    The edges are directed: i may read j without j reading i (`symmetrise` adds the reverse). A
    point does not read itself. Which of several equally distant points are taken is not defined.

    Args:
        points: (N, D) floats, coordinates.
        k: int, neighbours of a point, between 1 and N-1.

    Returns:
        Pair of (N k,) int32 arrays, senders and receivers, sorted by receiver and for each by
        distance.

    Raises:
        ValueError: if the points are not a finite matrix or `k` is out of range.

    Example:

    >>> from keras_gt.graph import builders
    >>> senders, receivers = builders.nearest_neighbours([[0.0], [1.0], [3.0]], k=1)
    >>> senders.tolist(), receivers.tolist()
    ([1, 0, 1], [0, 1, 2])
    """
    from scipy.spatial import cKDTree

    points = np.asarray(points, np.float64)
    if points.ndim != 2 or not np.isfinite(points).all():
        raise ValueError(
            "points must be a matrix of finite coordinates, one row a point. "
            f"Received: points with shape {points.shape}"
        )
    num_nodes = points.shape[0]
    if not 1 <= k < num_nodes:
        raise ValueError(
            "k must be between 1 and the number of points less one. "
            f"Received: k={k} with {num_nodes} points"
        )
    found = cKDTree(points).query(points, k=k + 1)[1]  # (N, k + 1)
    # Among equal points the point itself may come at any place, or not at all: drop it or the last.
    is_self = found == np.arange(num_nodes)[:, None]
    is_self[~is_self.any(axis=1), -1] = True
    receivers = np.repeat(np.arange(num_nodes, dtype=np.int32), k)
    return found[~is_self].astype(np.int32), receivers
