"""Nothing leaks from the future: gradients through a graph transformer on every causal builder."""

import keras
import numpy as np
import pytest

from keras_gt.graph import Graph, batch_graphs, builders
from keras_gt.layers import FeedForward, MultiHeadAggregation, TransformerGraphBlock
from tests.ops.backend_gradients import value_and_gradients

PLACES, WIDTH = 11, 6
RNG = np.random.default_rng(3)
CAUSAL = {
    "causal": builders.causal(PLACES),
    "causal_memory": builders.causal_memory(PLACES, 0, span=4),
    "strided": builders.strided(PLACES, 3),
    "fixed": builders.fixed(PLACES, 4, 2),
    "lsh_buckets": builders.lsh_buckets(RNG.normal(size=(PLACES, 4)), 4, 2, causal=True),
    "binary_partition": builders.binary_partition(PLACES, 1, causal=True)[:2],
}
NODES = builders.binary_partition_spans(PLACES)[0].size


def gradients():
    """By builder and place, the size of the gradient of the place's result at every node.

    Each row of the batch is one builder's graph and asks for the gradient of one place; two layers.
    """
    features = RNG.normal(size=(NODES, WIDTH))
    graphs = [Graph(NODES, *edges, node_features=features) for edges in CAUSAL.values()]
    batch = batch_graphs(graphs, rows=len(graphs))
    batch = {name: np.repeat(array, PLACES, axis=0) for name, array in batch.items()}
    upstream = np.zeros_like(batch["node_features"])
    rows, places = np.arange(len(upstream)), np.tile(np.arange(PLACES), len(graphs))
    upstream[rows, places] = RNG.normal(size=(len(rows), WIDTH))
    edges = {name: batch[name] for name in ("senders", "receivers")}
    edges["mask"] = batch["edge_mask"]
    keras.utils.set_random_seed(5)
    layers = [
        TransformerGraphBlock(MultiHeadAggregation(2, 3, output_dim=WIDTH), FeedForward(7))
        for _ in range(2)
    ]

    for layer in layers:
        layer.build(upstream.shape)

    def model(node_features):
        for layer in layers:
            node_features = layer(node_features, edges)
        return node_features

    arrays = {"node_features": batch["node_features"]}
    found = value_and_gradients(model, arrays, upstream)[1]["node_features"]
    return np.abs(found).max(axis=-1).reshape(len(graphs), PLACES, NODES)


@pytest.fixture(scope="module")
def reached():
    return dict(zip(CAUSAL, gradients(), strict=True))


@pytest.mark.parametrize("name", CAUSAL)
def test_places_depend_on_what_is_two_steps_back_and_on_nothing_later(name, reached):
    found = reached[name]
    assert np.all(found[:, :PLACES][np.triu_indices(PLACES, 1)] == 0)
    senders, receivers = CAUSAL[name]
    reads = np.eye(NODES, dtype=int)
    reads[receivers, senders] = 1
    expected = (reads @ reads)[:PLACES] > 0  # so the test would see a leak
    np.testing.assert_array_equal(found > 1e-9, expected)
