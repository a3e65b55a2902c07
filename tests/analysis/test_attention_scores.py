import keras
import numpy as np
import pytest

from keras_gt.analysis import attention_scores
from keras_gt.graph import Graph
from keras_gt.models import GAT, GCN, GRIT, GraphTransformer
from tests.models.small_models import (
    egt_regressor,
    expander_graph,
    exphormer_regressor,
    outputs,
    pair_graph,
    san_regressor,
)


def path_graph(**features):
    generator = np.random.default_rng(0)
    senders, receivers = np.array([0, 1, 1, 2, 3, 3]), np.array([1, 0, 2, 1, 1, 0])
    return Graph(4, senders, receivers, node_features=generator.normal(size=(4, 5)), **features)


def sums_by_receiver(inputs, scores):
    totals = np.zeros((4, scores.shape[-1]))
    np.add.at(totals, inputs["receivers"][0], scores[0])
    return totals


def backbones():
    features = {"dense": 5}
    yield GAT(features, 4, 2, num_layers=2), path_graph(), 2
    yield GraphTransformer(features, 8, num_layers=3, num_heads=2), path_graph(), 3
    edged = GraphTransformer(features, 8, num_layers=2, num_heads=2, edge_features={"dense": 3})
    yield edged, path_graph(edge_features=np.ones((6, 3))), 2


def test_scores_of_each_layer_sum_to_one_for_every_node_that_reads():
    for backbone, graph, layers in backbones():
        inputs = graph.inputs()
        before = outputs(backbone, inputs)
        scores = attention_scores(backbone, inputs)
        assert len(scores) == layers
        for score in scores.values():
            totals = sums_by_receiver(inputs, score)
            np.testing.assert_allclose(totals[:3], 1, atol=5e-4)  # node 3 reads nobody
            np.testing.assert_allclose(totals[3], 0)
        np.testing.assert_array_equal(before, outputs(backbone, inputs))


def test_scores_follow_the_weights_of_the_model():
    backbone = GAT({"dense": 5}, 4, 2, num_layers=1, output_heads=2)
    inputs = path_graph().inputs()
    first = next(iter(attention_scores(backbone, inputs).values()))
    for weight in backbone.weights:
        weight.assign(keras.ops.zeros(weight.shape))
    second = next(iter(attention_scores(backbone, inputs).values()))
    degree = np.bincount(inputs["receivers"][0])[inputs["receivers"][0]]
    np.testing.assert_allclose(second[0], np.repeat(1 / degree[:, None], 2, 1), atol=1e-6)
    assert np.abs(first - second).max() > 1e-4


def test_scores_of_attention_along_edges_beside_messages():
    keras.utils.set_random_seed(1)
    inputs = expander_graph(9).inputs()
    scores = attention_scores(exphormer_regressor(), inputs)
    assert list(scores) == ["block_0", "block_1"]
    for score in scores.values():
        assert score.shape == (*inputs["senders"].shape, 2)
        total = np.zeros((9, 2))
        np.add.at(total, inputs["receivers"][0], score[0])
        assert (total < 1).all() and (total > 0).all()  # the rest goes to virtual nodes


def test_scores_over_all_pairs_of_a_graph():
    backbone = GRIT({"dense": 5}, 8, 1, 2, pair_encodings={"walks": {"dim": 3}})
    inputs = path_graph(pair_encodings={"walks": np.ones((4, 4, 3))}).inputs()
    (scores,) = attention_scores(backbone, inputs).values()
    assert scores.shape == (1, 2, 4, 4)
    np.testing.assert_allclose(scores.sum(axis=-1), 1, atol=1e-5)


def test_a_model_without_attention_is_refused():
    graph = path_graph(edge_weights=np.ones(6))
    with pytest.raises(ValueError, match="model must have a layer that attends"):
        attention_scores(GCN({"dense": 5}, 8, num_layers=1), graph.inputs())


def test_scores_of_virtual_nodes_of_gates_and_of_absent_edges():
    graph = pair_graph(5, 9)
    found = {}
    for make in (egt_regressor, san_regressor):
        scores = attention_scores(make(), graph.inputs())
        found[make.__name__] = list(scores.values())[-1]
    sizes = {name: (score.shape, score.sum(axis=-1)) for name, score in found.items()}
    shape, totals = sizes["egt_regressor"]
    assert shape == (1, 2, 7, 7) and totals.max() < 1  # two virtual nodes
    shape, totals = sizes["san_regressor"]
    assert shape == (1, 2, 5, 5) and not np.einsum("bhii->bhi", found["san_regressor"]).any()
    np.testing.assert_allclose(totals, 1, atol=1e-4)
