import numpy as np
import pytest

from keras_gt.analysis import attention_scores
from keras_gt.analysis.sparsify import keep_strongest
from keras_gt.graph import Graph
from keras_gt.models import GraphTransformer


def graph():
    senders, receivers = np.array([0, 2, 3, 1, 1, 0]), np.array([1, 1, 1, 0, 2, 2])
    nodes = 3 * np.random.default_rng(0).normal(size=(4, 5))
    return Graph(4, senders, receivers, node_features=nodes, edge_weights=senders)


def expected(given, model, count):
    """Kept edges of each receiver, by a plain loop over the model's mean attention."""
    inputs, kept = given.inputs(), set()
    layers = attention_scores(model, inputs).values()
    senders, receivers = inputs["senders"][0], inputs["receivers"][0]
    if next(iter(layers)).ndim == 4:
        layers = [layer.transpose(0, 2, 3, 1)[:, receivers, senders] for layer in layers]
    weights = sum(layer[0].mean(-1) for layer in layers)
    for node in range(4):
        mine = [edge for edge in range(len(senders)) if receivers[edge] == node]
        best = sorted(mine, key=lambda edge: -weights[edge])[:count]
        kept |= {(senders[edge], node) for edge in best}
    return kept


def test_each_node_keeps_the_edges_it_reads_most():
    for attention in ("sparse", "dense"):
        model = GraphTransformer({"dense": 5}, 8, 2, 2, attention=attention)
        given = graph()
        for count in (1, 2):
            kept = keep_strongest(model, count)(given)
            assert set(zip(kept.senders, kept.receivers, strict=True)) == expected(
                given, model, count
            )
            np.testing.assert_array_equal(kept.edge_weights, kept.senders)


def test_a_count_of_nothing_is_refused():
    with pytest.raises(ValueError, match="count must be at least 1"):
        keep_strongest(None, 0)
