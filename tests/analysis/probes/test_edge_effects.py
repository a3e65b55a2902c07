import numpy as np
import pytest

from keras_gt.analysis import attention_scores
from keras_gt.analysis.probes import edge_effects
from keras_gt.graph import Graph
from keras_gt.models import GraphRegressor, GraphTransformer


def model_and_graph():
    nodes = np.random.default_rng(0).normal(size=(4, 3))
    graph = Graph(4, [3, 0, 1, 2, 0], [0, 1, 2, 1, 2], node_features=nodes)
    return GraphRegressor(GraphTransformer({"dense": 3}, 6, 1, 3, normalization="layer")), graph


def test_effects_are_the_distances_without_each_edge():
    model, graph = model_and_graph()
    found = edge_effects(model, graph)
    (scores,) = attention_scores(model, graph.inputs()).values()
    kept = ~np.eye(5, dtype=bool)
    parts = [
        graph.replace(senders=graph.senders[edges], receivers=graph.receivers[edges])
        for edges in kept
    ]
    whole, *without = model.predict([graph, *parts])
    expected = np.linalg.norm(np.array(without) - whole, axis=1)
    np.testing.assert_allclose(found["effects"], expected, atol=1e-5)
    order = np.argsort(graph.receivers, kind="stable")  # in which inputs() has the edges
    np.testing.assert_allclose(found["attention"][order], scores[0].mean(-1), atol=1e-6)
    assert found["effects"].max() > 1e-3 and -1 <= found["rank_correlation"] <= 1


def test_what_is_read_strongly_may_carry_nothing():
    model, graph = model_and_graph()
    projection = model.backbone.get_layer("block_0").aggregation.projection
    projection.kernel.assign(np.zeros((6, 6)))  # attention goes on, its result is thrown away
    found = edge_effects(model, graph)
    assert np.ptp(found["attention"]) > 0.1 and found["effects"].max() < 1e-5
    assert found["rank_correlation"] == 0.0


def test_a_graph_without_edges_is_refused():
    model, graph = model_and_graph()
    with pytest.raises(ValueError, match="graph must have an edge to take out"):
        edge_effects(model, graph.replace(senders=[], receivers=[]))
