"""PATTERN and CLUSTER: graphs drawn from stochastic block models.

The benchmark's own graphs were drawn without a seed, so these are our own samples of the published
generator (Dwivedi et al., 2023, https://arxiv.org/abs/2003.00982; benchmarking-gnns,
`data/SBMs/generate_SBM_PATTERN.ipynb` and `generate_SBM_CLUSTER.ipynb`).
"""

import functools

import numpy as np

SMALLEST, LARGEST = 5, 35  # nodes of a community or pattern: [5, 35)
FEATURE_VALUES = 3
PATTERN_COMMUNITIES, PATTERN_INSIDE, PATTERN_BETWEEN, PATTERN_ATTACHED = 5, 0.5, 0.35, 0.5
CLUSTER_COMMUNITIES, CLUSTER_INSIDE, CLUSTER_BETWEEN = 6, 0.55, 0.25
NUM_PATTERNS = 100


@functools.lru_cache(maxsize=256)
def _pairs(num_nodes):
    return np.triu_indices(num_nodes, k=1)


def _draw_pairs(random, communities, inside, between):
    """Returns one boolean a pair of nodes: are the two joined."""
    first, second = _pairs(len(communities))
    probability = np.where(communities[first] == communities[second], inside, between)
    return random.random(len(first), dtype=np.float32) < probability.astype(np.float32)


def _draw_communities(random, count):
    sizes = random.integers(SMALLEST, LARGEST, size=count)
    return np.repeat(np.arange(count), sizes)


def sample_cluster(random):
    """Draws one CLUSTER graph.

    Args:
        random: `numpy.random.Generator`.

    Returns:
        `(joined, features, labels)`: one boolean a pair of nodes in the order of
        `numpy.triu_indices`, the features 0..6 and the communities 0..5 of the nodes.
    """
    labels = random.permutation(_draw_communities(random, CLUSTER_COMMUNITIES))
    joined = _draw_pairs(random, labels, CLUSTER_INSIDE, CLUSTER_BETWEEN)
    features = np.zeros(len(labels), np.int64)
    for community in range(CLUSTER_COMMUNITIES):
        features[random.choice(np.flatnonzero(labels == community))] = community + 1
    return joined, features, labels


def draw_pattern(random):
    """Draws the subgraph that the graphs of one pattern share: `(adjacency, features)`."""
    size = int(random.integers(SMALLEST, LARGEST))
    first, second = _pairs(size)
    adjacency = np.zeros((size, size), bool)
    adjacency[first, second] = random.random(len(first)) < PATTERN_INSIDE
    return adjacency | adjacency.T, random.integers(FEATURE_VALUES, size=size)


def sample_pattern(random, pattern):
    """Draws one PATTERN graph.

    Args:
        random: `numpy.random.Generator`.
        pattern: what `draw_pattern` returned.

    Returns:
        `(joined, features, labels)`: one boolean a pair of nodes in the order of
        `numpy.triu_indices`, the features 0..2 of the nodes, and 1 for nodes in the pattern.
    """
    adjacency, pattern_features = pattern
    background = _draw_communities(random, PATTERN_COMMUNITIES)
    size = len(pattern_features)
    # The node's number in the pattern, or -1 outside; then all nodes are shuffled together.
    place = np.concatenate([np.full(len(background), -1), np.arange(size)])
    order = random.permutation(len(place))
    place = place[order]
    communities = np.concatenate([background, np.full(size, PATTERN_COMMUNITIES)])[order]
    joined = _draw_pairs(random, communities, PATTERN_INSIDE, PATTERN_BETWEEN)
    first, second = (place[index] for index in _pairs(len(place)))
    attached = (first >= 0) != (second >= 0)
    joined[attached] = random.random(int(attached.sum()), dtype=np.float32) < PATTERN_ATTACHED
    planted = (first >= 0) & (second >= 0)
    joined[planted] = adjacency[first[planted], second[planted]]
    features = random.integers(FEATURE_VALUES, size=len(place))
    features[place >= 0] = pattern_features[place[place >= 0]]
    return joined, features, (place >= 0).astype(np.int64)


def sample_graphs(name, sizes, seed):
    """Draws the graphs of a whole data set.

    Args:
        name: `"pattern"` or `"cluster"`.
        sizes: numbers of graphs for training, validation and test.
        seed: int.

    Returns:
        dict of arrays: `num_nodes` (G,), `joined` (the pairs of each graph packed eight a byte, one
        graph after the other), `node_features` and `labels` (all nodes, one graph after the other).
    """
    random = np.random.default_rng(seed)
    if name == "pattern":
        patterns = [draw_pattern(random) for _ in range(NUM_PATTERNS)]
        # Each pattern has the same number of graphs in each part, as published.
        draws = [
            functools.partial(sample_pattern, random, patterns[number * NUM_PATTERNS // size])
            for size in sizes
            for number in range(size)
        ]
    else:
        draws = [functools.partial(sample_cluster, random)] * sum(sizes)
    samples = [_pack(*draw()) for draw in draws]
    joined, features, labels = zip(*samples, strict=True)
    return {
        "num_nodes": np.array([len(values) for values in labels], np.int32),
        "joined": np.concatenate(joined),
        "node_features": np.concatenate(features),
        "labels": np.concatenate(labels),
    }


def _pack(joined, features, labels):
    return np.packbits(joined), features.astype(np.uint8), labels.astype(np.uint8)


def unpack_graphs(arrays):
    """Yields `(senders, receivers, node_features, labels)` of each graph of `sample_graphs`."""
    byte, node = 0, 0
    for num_nodes in arrays["num_nodes"].tolist():
        first, second = _pairs(num_nodes)
        end = byte + (len(first) + 7) // 8
        joined = np.unpackbits(arrays["joined"][byte:end], count=len(first)).astype(bool)
        adjacency = np.zeros((num_nodes, num_nodes), bool)
        adjacency[first, second] = joined
        receivers, senders = np.nonzero(adjacency | adjacency.T)
        nodes = slice(node, node + num_nodes)
        yield (
            senders.astype(np.int32),
            receivers.astype(np.int32),
            arrays["node_features"][nodes].astype(np.int32),
            arrays["labels"][nodes].astype(np.int32),
        )
        byte, node = end, node + num_nodes
