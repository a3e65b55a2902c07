"""How many edges the nodes of a set of graphs have, on a logarithmic scale."""

import numpy as np


def mean_log_degree(graphs):
    """The mean of log(d + 1) over all nodes, with d the number of edges into a node.

    PNA's scalers measure a node's degree against it. Give the training graphs alone: it is a
    statistic of the data like a target's mean, and a model keeps it in its configuration.

    Args:
        graphs: iterable of `Graph`.

    Returns:
        float.

    Raises:
        ValueError: if there is no graph, or no edge in any.

    Example:

    >>> from keras_gt.graph import Graph, mean_log_degree
    >>> star = Graph(4, [0, 1, 2, 3, 0, 0], [1, 0, 0, 0, 2, 3])
    >>> round(mean_log_degree([star]), 4)  # (log 4 + 3 log 2) / 4
    0.8664

    Reference:
        Corso et al., Principal Neighbourhood Aggregation for Graph Nets, 2020,
        https://arxiv.org/abs/2004.05718, equation 5.
    """
    total, num_nodes = 0.0, 0
    for graph in graphs:
        degrees = np.bincount(graph.receivers, minlength=graph.num_nodes)
        total += float(np.log1p(degrees).sum())
        num_nodes += graph.num_nodes
    if not total:
        raise ValueError(
            "graphs must have an edge. Give the training graphs. "
            f"Received: {num_nodes} nodes without edges"
        )
    return total / num_nodes
