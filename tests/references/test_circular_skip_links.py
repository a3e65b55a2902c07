"""Regular graphs that message passing cannot tell apart, and random walks can."""

import keras
import numpy as np
import pytest

from keras_gt.graph import Graph, random_walk_probabilities
from keras_gt.models import GraphClassifier, GraphGPS

NUM_NODES, STEPS = 41, 20
SKIPS = (2, 3, 4, 5, 6, 9, 11, 12, 13, 16)  # a class each, no two of them isomorphic


def skip_link_graph(skip, rng):
    """A cycle with links between nodes `skip` places apart, its nodes in random order."""
    order = rng.permutation(NUM_NODES)
    place = np.arange(NUM_NODES)
    ahead = np.concatenate([order[(place + 1) % NUM_NODES], order[(place + skip) % NUM_NODES]])
    here = np.tile(order, 2)
    graph = Graph(
        NUM_NODES,
        np.concatenate([here, ahead]),
        np.concatenate([ahead, here]),
        node_features=np.zeros(NUM_NODES, int),
    )
    return graph.replace(encodings={"random_walks": random_walk_probabilities(graph, STEPS)})


def graphs_of_all_classes(copies, seed):
    rng = np.random.default_rng(seed)
    graphs = [skip_link_graph(skip, rng) for _ in range(copies) for skip in SKIPS]
    return graphs, np.tile(np.arange(len(SKIPS)), copies)


def accuracy(encodings):
    """On graphs of other node orders than those that the model learned from."""
    keras.utils.set_random_seed(0)
    backbone = GraphGPS(
        {"categories": [1]}, 16, 1, 2, positional_encodings=encodings, normalization="layer"
    )
    model = GraphClassifier(backbone, len(SKIPS))
    model.compile(
        keras.optimizers.Adam(0.01),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    graphs, labels = graphs_of_all_classes(2, seed=1)
    size = len(graphs)
    arrays, targets = model.loader(graphs, labels, batch_size=size, rows=size)[0]
    # The encodings vary by 1e-4: the moving variance of their norm takes 100 steps from 1 to there.
    for _ in range(120):
        model.train_on_batch(arrays, targets)
    graphs, labels = graphs_of_all_classes(2, seed=2)
    return np.mean(model.predict(graphs, verbose=0).argmax(axis=-1) == labels)


def test_random_walks_tell_all_classes_apart():
    encodings = {"random_walks": {"dim": STEPS, "units": 12, "normalization": "batch"}}
    assert accuracy(encodings) == 1


def test_without_them_all_graphs_look_alike():
    assert accuracy(None) == pytest.approx(1 / len(SKIPS))
