import numpy as np


def spanning_tree(attention):
    """The tree over the words that holds the most attention.

    The maximum spanning tree of the undirected graph whose edge {i, j} weighs a_ij + a_ji.

    Args:
        attention: (N, N) array of at least 0, between N words.

    Returns:
        (N - 1, 2) integers, the edges (i, j) with i < j, sorted.

    Raises:
        ValueError: if the attention is not square.

    Example:
        >>> import numpy as np
        >>> from keras_gt.analysis import probes
        >>> probes.spanning_tree(np.array([[0, 0.1, 0.5], [0, 0, 0.2], [0.1, 0, 0]])).tolist()
        [[0, 2], [1, 2]]
    """
    from scipy.sparse.csgraph import minimum_spanning_tree

    attention = np.asarray(attention, float)
    if attention.ndim != 2 or attention.shape[0] != attention.shape[1]:
        raise ValueError(
            f"attention must be (N, N). Give one head's. Received: shape {attention.shape}"
        )
    weights = attention + attention.T
    costs = 1 + weights.max(initial=0) - weights  # above 0: SciPy reads 0 as no edge
    edges = np.argwhere(minimum_spanning_tree(np.triu(costs, 1)).toarray())
    return edges[np.lexsort((edges[:, 1], edges[:, 0]))]
