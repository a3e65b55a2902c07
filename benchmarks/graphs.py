"""The graphs that are measured: seeded, synthetic, of the sizes of well-known data sets."""

import numpy as np

from keras_gt.graph import Graph, add_self_loops

# nodes, edges without self-loops, exponents of the in- and out-degrees, symmetric
SPARSE = {
    "cora size": (2708, 10_556, 0.45, 0.45, True),
    "20k nodes": (20_000, 300_000, 0.55, 0.55, True),
    "169k nodes": (169_343, 1_200_000, 0.78, 0.3, False),
}


def power_law(name, width, seed=0):
    """A graph whose expected degrees follow a power law (Chung and Lu), with self-loops."""
    num_nodes, num_edges, in_exponent, out_exponent, symmetric = SPARSE[name]
    generator = np.random.default_rng(seed)
    ranks_in = generator.permutation(num_nodes)
    ranks_out = ranks_in if symmetric else generator.permutation(num_nodes)
    totals_in = np.cumsum(1.0 / (np.arange(num_nodes) + 10.0) ** in_exponent)
    totals_out = np.cumsum(1.0 / (np.arange(num_nodes) + 10.0) ** out_exponent)
    wanted = num_edges // 2 if symmetric else num_edges
    keys = np.zeros(0, np.int64)
    while keys.size < wanted:
        draws = generator.random((2, 2 * (wanted - keys.size) + 16))
        receivers = ranks_in[np.searchsorted(totals_in, draws[0] * totals_in[-1])]
        senders = ranks_out[np.searchsorted(totals_out, draws[1] * totals_out[-1])]
        if symmetric:
            senders, receivers = np.minimum(senders, receivers), np.maximum(senders, receivers)
        new = receivers[senders != receivers] * num_nodes + senders[senders != receivers]
        keys = np.unique(np.concatenate([keys, new]))
    keys = generator.permutation(keys)[:wanted]
    receivers, senders = keys // num_nodes, keys % num_nodes
    if symmetric:
        senders, receivers = np.r_[senders, receivers], np.r_[receivers, senders]
    features = generator.normal(size=(num_nodes, width)).astype("float32")
    return add_self_loops(Graph(num_nodes, senders, receivers, node_features=features))


def molecules(count, width, seed=0):
    """Graphs like drug molecules: trees of 9 to 37 nodes with two rings, and self-loops."""
    generator = np.random.default_rng(seed)
    graphs = []
    for size in generator.integers(9, 38, count):
        parents = [generator.integers(max(0, node - 4), node) for node in range(1, size)]
        pairs = {(int(parent), node + 1) for node, parent in enumerate(parents)}
        pairs |= {(int(node), int(node) + 5) for node in generator.integers(0, size - 5, 2)}
        first, second = np.array(sorted(pairs)).T
        features = generator.normal(size=(size, width)).astype("float32")
        graph = Graph(int(size), np.r_[first, second], np.r_[second, first], node_features=features)
        graphs.append(add_self_loops(graph))
    return graphs


def papers(seed=0, vocabulary=1433, classes=7, labelled=140):
    """A citation graph of Cora's size: (graph of word ids, dense features, labels, weights)."""
    graph = power_law("cora size", 1, seed)
    generator = np.random.default_rng(seed)
    counts = generator.integers(7, 31, graph.num_nodes)
    ids = np.full((graph.num_nodes, 30), -1, np.int32)
    dense = np.zeros((graph.num_nodes, vocabulary), np.float32)
    for node, number in enumerate(counts):
        ids[node, :number] = np.sort(generator.choice(vocabulary, number, replace=False))
        dense[node, ids[node, :number]] = 1 / number
    values = np.where(ids >= 0, 1 / counts[:, None], 0).astype("float32")
    words = graph.replace(node_features=None, feature_ids=ids, feature_values=values)
    labels = generator.integers(0, classes, graph.num_nodes).astype("int32")
    weights = np.zeros(graph.num_nodes, np.float32)
    weights[generator.permutation(graph.num_nodes)[:labelled]] = 1
    return words, graph.replace(node_features=dense), labels, weights


def communities(count, width, seed=0):
    """Graphs like PATTERN's: 44 to 188 nodes, about two in five pairs joined, both ways."""
    generator = np.random.default_rng(seed)
    graphs = []
    for size in generator.integers(44, 189, count):
        joined = np.triu(generator.random((size, size)) < 0.43, 1)
        senders, receivers = np.nonzero(joined | joined.T)
        features = generator.normal(size=(size, width)).astype("float32")
        graphs.append(Graph(int(size), senders, receivers, node_features=features))
    return graphs
