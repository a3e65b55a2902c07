"""How many edges a node has."""

import numpy as np


def degrees(graph, direction="in"):
    """Number of edges at each node; self-loops and repeated edges count.

    Args:
        graph: a `Graph`.
        direction: "in" counts edges that arrive, "out" edges that leave. They are the same in a
            symmetric graph.

    Returns:
        (N, 1) float32 array.

    Raises:
        ValueError: if the direction is another word.

    Example:

    >>> from keras_gt.graph import Graph, encodings
    >>> encodings.degrees(Graph(3, [0, 1], [2, 2])).tolist()
    [[0.0], [0.0], [2.0]]
    """
    if direction not in ("in", "out"):
        raise ValueError(f'direction must be "in" or "out". Received: direction={direction!r}')
    ends = graph.receivers if direction == "in" else graph.senders
    return np.bincount(ends, minlength=graph.num_nodes).astype(np.float32)[:, None]
