"""Graphs to test with: random directed ones that carry every kind of array."""

import numpy as np

from keras_gt.graph import Graph


def random_graph(rng, num_nodes, num_edges):
    return Graph(
        num_nodes,
        rng.integers(num_nodes, size=num_edges),
        rng.integers(num_nodes, size=num_edges),
        node_features=rng.normal(size=(num_nodes, 3)),
        feature_ids=rng.integers(-1, 11, size=(num_nodes, 2)),
        feature_values=rng.random((num_nodes, 2)),
        edge_features=rng.integers(5, size=(num_edges, 2)),
        edge_weights=rng.random(num_edges),
        encodings={"positional_encoding": rng.normal(size=(num_nodes, 4))},
        pair_encodings={
            "walks": rng.normal(size=(num_nodes, num_nodes, 2)),
            "distances": rng.integers(1, 5, size=(num_nodes, num_nodes)),
        },
    )


def random_graphs(seed, count, largest=13):
    """Graphs of 1..largest nodes; the second has no edges."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, largest + 1, size=count)
    return [
        random_graph(rng, int(n), 0 if index == 1 else int(rng.integers(0, 4 * n)))
        for index, n in enumerate(sizes)
    ]


def path_graph(num_nodes):
    """0 - 1 - 2 - ..., each edge in both directions."""
    low = np.arange(num_nodes - 1)
    return Graph(num_nodes, np.append(low, low + 1), np.append(low + 1, low))


def cycle_graph(num_nodes):
    nodes = np.arange(num_nodes)
    after = (nodes + 1) % num_nodes
    return Graph(num_nodes, np.append(nodes, after), np.append(after, nodes))


def sorted_rows(array):
    """Rows of a matrix in a fixed order, to compare what has no order."""
    return array[np.lexsort(array.T[::-1])]
