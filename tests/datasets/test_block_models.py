import numpy as np
import pytest

from keras_gt.datasets.block_models import (
    draw_pattern,
    sample_cluster,
    sample_graphs,
    sample_pattern,
    unpack_graphs,
)


def adjacency_of(joined, num_nodes):
    matrix = np.zeros((num_nodes, num_nodes), bool)
    matrix[np.triu_indices(num_nodes, k=1)] = joined
    return matrix | matrix.T


def test_cluster_has_the_published_probabilities():
    random, inside, between, sizes = np.random.default_rng(0), [], [], []
    for _ in range(60):
        joined, features, labels = sample_cluster(random)
        first, second = np.triu_indices(len(labels), k=1)
        same = labels[first] == labels[second]
        inside.append(joined[same])
        between.append(joined[~same])
        sizes.append(np.bincount(labels))
        marked = np.flatnonzero(features)
        assert len(marked) == 6 and (features[marked] == labels[marked] + 1).all()
    assert abs(np.concatenate(inside).mean() - 0.55) < 0.01
    assert abs(np.concatenate(between).mean() - 0.25) < 0.01
    sizes = np.concatenate(sizes)
    assert sizes.min() == 5 and sizes.max() == 34 and abs(sizes.mean() - 19.5) < 1.5


def test_pattern_is_planted_in_each_graph():
    random = np.random.default_rng(1)
    planted, features_of_pattern = pattern = draw_pattern(random)
    size, attached, background = len(features_of_pattern), [], []
    for _ in range(60):
        joined, features, labels = sample_pattern(random, pattern)
        inside = labels == 1
        assert inside.sum() == size and set(features) <= {0, 1, 2}
        adjacency = adjacency_of(joined, len(labels))
        # Shuffled like the nodes: the same degrees, edges and features in another order.
        found, expected = adjacency[inside][:, inside], planted
        np.testing.assert_allclose(
            np.linalg.eigvalsh(found), np.linalg.eigvalsh(expected), atol=1e-9
        )
        described = sorted(zip(found.sum(axis=0), features[inside], strict=True))
        assert described == sorted(zip(expected.sum(axis=0), features_of_pattern, strict=True))
        attached.append(adjacency[inside][:, ~inside].ravel())
        outside = adjacency[~inside][:, ~inside]
        background.append(outside[np.triu_indices(len(outside), k=1)])
    assert abs(np.concatenate(attached).mean() - 0.5) < 0.01
    # 0.5 inside communities and 0.35 between: a little above 0.35 over all pairs.
    assert 0.37 < np.concatenate(background).mean() < 0.40


@pytest.mark.parametrize("name", ["pattern", "cluster"])
def test_packing_keeps_the_graphs_and_follows_the_seed(name):
    arrays, again, other = (sample_graphs(name, (6, 2, 2), seed) for seed in (5, 5, 6))
    assert all((arrays[key] == again[key]).all() for key in arrays)
    assert arrays["num_nodes"].tolist() != other["num_nodes"].tolist()
    graphs = list(unpack_graphs(arrays))
    assert len(graphs) == 10
    random = np.random.default_rng(5)
    if name == "cluster":
        joined, features, labels = sample_cluster(random)
        senders, receivers, first_features, first_labels = graphs[0]
        np.testing.assert_array_equal(first_labels, labels)
        np.testing.assert_array_equal(first_features, features)
        rebuilt = np.zeros((len(labels), len(labels)), bool)
        rebuilt[receivers, senders] = True
        np.testing.assert_array_equal(rebuilt, adjacency_of(joined, len(labels)))
    for senders, receivers, _, labels in graphs:
        assert (np.diff(receivers) >= 0).all() and receivers.max() < len(labels)
        assert len(senders) == len(receivers) and not (senders == receivers).any()
