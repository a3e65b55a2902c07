import numpy as np

from keras_gt.graph.transforms.edges import select_edges


def keep_random(share, seed=0):
    """A builder that keeps a random share of a graph's edges.

    The two directions of an edge stay or go together; self-loops are edges, too.

    Args:
        share: float in [0, 1], the chance of each edge to stay.
        seed: int; the same graph and seed give the same edges.

    Returns:
        A function from `Graph` to `Graph`.

    Raises:
        ValueError: if the share is not in [0, 1].

    Example:
        >>> from keras_gt.analysis import sparsify
        >>> from keras_gt.graph import Graph
        >>> sparsify.keep_random(0.0)(Graph(2, [0, 1], [1, 0])).num_edges
        0
    """
    if not 0 <= share <= 1:
        raise ValueError(
            f"share must be in [0, 1]. Give the part of the edges to keep. Received: share={share}"
        )

    def build(graph):
        low = np.minimum(graph.senders, graph.receivers).astype(np.int64)
        high = np.maximum(graph.senders, graph.receivers)
        pairs, pair = np.unique(low * graph.num_nodes + high, return_inverse=True)
        generator = np.random.default_rng([seed, graph.num_nodes, graph.num_edges])
        return select_edges(graph, (generator.random(len(pairs)) < share)[pair])

    return build
