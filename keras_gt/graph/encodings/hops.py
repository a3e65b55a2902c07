"""What a node's neighbourhoods of growing size look like on average."""

import numpy as np

from keras_gt.graph.transforms.edges import normalise_gcn
from keras_gt.graph.validation import check_count


def hop_features(graph, hops):
    """The node features, averaged over 0, 1, 2, ... hops: a short sequence of tokens for each node.

    Token k of all nodes is A^k X, with X the node features and A the adjacency that a graph
    convolution uses, A_ij = w_ij / sqrt(d_i d_j) (see `normalise_gcn`). Self-loops count where
    they are stored: the paper adds them first. A node that reads nobody has zeros from token 1 on.

    Args:
        graph: a `Graph` with float `node_features`, directed or not.
        hops: int, the largest number of hops, at least 0.

    Returns:
        (N, hops + 1, F) float32 array.

    Raises:
        ValueError: if `hops` is no integer of at least 0, or the node features are no floats.

    Example:

    >>> from keras_gt.graph import Graph, encodings
    >>> pair = Graph(2, [0, 1], [1, 0], node_features=[[1.0], [3.0]])
    >>> encodings.hop_features(pair, hops=2).tolist()
    [[[1.0], [3.0], [1.0]], [[3.0], [1.0], [3.0]]]

    Reference:
        Chen et al., NAGphormer: A Tokenized Graph Transformer for Node Classification in Large
        Graphs, 2023, https://arxiv.org/abs/2206.04910, section 3.1.
    """
    from scipy.sparse import csr_matrix

    check_count("hops", hops, least=0)
    features = graph.node_features
    if features is None or features.dtype != np.float32:
        raise ValueError(
            "graph must have float node_features, because they are averaged. Turn categories or "
            f"words into numbers first. Received: graph={graph!r}"
        )
    shape = (graph.num_nodes, graph.num_nodes)
    weights = normalise_gcn(graph).edge_weights.astype(np.float64)
    adjacency = csr_matrix((weights, (graph.receivers, graph.senders)), shape=shape)
    tokens = np.empty((graph.num_nodes, hops + 1, features.shape[1]), np.float32)
    reached = features.astype(np.float64)
    for hop in range(hops + 1):
        tokens[:, hop] = reached
        reached = adjacency @ reached
    return tokens
