"""The part of a graph around a node."""

import numpy as np

from keras_gt.graph.transforms.edges import subgraph


def neighbourhood(graph, node, num_nodes):
    """Keep the nodes nearest to one node, and the edges between them.

    Nodes are taken ring by ring along the edges in either direction; of the ring that no longer
    fits the lowest numbers are taken. Training on the neighbourhoods of random nodes makes many
    small steps of one large graph.

    Args:
        graph: a `Graph`.
        node: int in 0..N-1, the middle.
        num_nodes: int, the most nodes to keep; fewer where no more can be reached.

    Returns:
        (part, nodes): the `Graph` of the kept nodes and their numbers in the whole graph,
        (N',) int array, ascending.

    Raises:
        ValueError: if the node is out of range or num_nodes is less than 1.

    Example:

    >>> from keras_gt.graph import Graph, neighbourhood
    >>> part, nodes = neighbourhood(Graph(5, [0, 1, 2, 3], [1, 2, 3, 4]), node=2, num_nodes=3)
    >>> nodes.tolist(), part.senders.tolist(), part.receivers.tolist()
    ([1, 2, 3], [0, 1], [1, 2])

    Reference:
        Zeng et al., Decoupling the Depth and Scope of Graph Neural Networks, 2021,
        https://arxiv.org/abs/2201.07858, section 3.
    """
    if not 0 <= node < graph.num_nodes:
        raise ValueError(
            f"node must be in 0..{graph.num_nodes - 1}. Name a node of the graph. "
            f"Received: node={node}"
        )
    if num_nodes < 1:
        raise ValueError(
            f"num_nodes must be at least 1. Say how many to keep. Received: num_nodes={num_nodes}"
        )
    ends = np.concatenate([graph.receivers, graph.senders])
    others = np.concatenate([graph.senders, graph.receivers])
    order = np.argsort(ends, kind="stable")
    others = others[order]
    starts = np.searchsorted(ends[order], np.arange(graph.num_nodes + 1))
    taken = np.zeros(graph.num_nodes, bool)
    ring = np.array([node])
    room = num_nodes
    while ring.size and room > 0:
        ring = ring[:room]
        taken[ring] = True
        room -= ring.size
        around = [others[starts[one] : starts[one + 1]] for one in ring]
        ring = np.unique(np.concatenate(around))
        ring = ring[~taken[ring]]
    nodes = np.flatnonzero(taken)
    return subgraph(graph, nodes), nodes
