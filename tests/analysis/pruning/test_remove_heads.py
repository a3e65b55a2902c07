import numpy as np
import pytest

from keras_gt.analysis.pruning import gate_heads, remove_heads
from keras_gt.graph import Graph
from keras_gt.models import GraphClassifier, GraphGPS, GraphTransformer
from tests.models.small_models import graphormer_regressor, outputs

HEADS = {"block_0": [1, 2], "block_1": [0]}


def small_graph():
    nodes = np.random.default_rng(0).normal(size=(5, 3))
    senders, receivers = np.array([0, 1, 2, 3, 3, 4]), np.array([1, 2, 0, 1, 0, 4])
    return Graph(5, senders, receivers, node_features=nodes)


def small_backbone():
    return GraphTransformer({"dense": 3}, 6, 2, 3, use_root_weight=True)


def predictions(model, graph):
    return outputs(model, graph.inputs())


def test_removed_is_gated_and_a_preset_keeps_it(tmp_path):
    graph, model = small_graph(), GraphClassifier(small_backbone(), 2)
    before = model.get_weights()
    whole, gated = predictions(model, graph), gate_heads(model, HEADS)
    smaller = remove_heads(model, HEADS)
    found = predictions(smaller, graph)
    np.testing.assert_allclose(found, predictions(gated, graph), rtol=1e-6, atol=1e-6)
    assert abs(found - whole).max() > 1e-3
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    # three heads, two columns each, of query, key and value with their biases and the projection
    assert model.count_params() - smaller.count_params() == 3 * 2 * (3 * 7 + 6)

    smaller.save_to_preset(tmp_path / "smaller")
    again = GraphClassifier.from_preset(str(tmp_path / "smaller"))
    assert again.backbone.num_heads == [1, 2] and again.backbone.head_dim == 2
    np.testing.assert_array_equal(predictions(again, graph), found)


def test_heads_of_global_attention_may_go():
    graph, backbone = small_graph(), GraphGPS({"dense": 3}, 6, 1, 3, normalization="layer")
    smaller = remove_heads(backbone, {"block_0": [1]})
    assert smaller.num_heads == 2 and smaller.count_params() < backbone.count_params()
    gated = gate_heads(backbone, {"block_0": [1]})
    np.testing.assert_allclose(predictions(smaller, graph), predictions(gated, graph), atol=1e-6)


def test_heads_may_be_removed_again_and_none_may_stay_whole():
    graph, backbone = small_graph(), small_backbone()
    twice = remove_heads(remove_heads(backbone, {"block_0": [1]}), {"block_0": [1], "block_1": [0]})
    np.testing.assert_allclose(
        predictions(twice, graph), predictions(remove_heads(backbone, HEADS), graph), atol=1e-6
    )
    same = remove_heads(backbone, {})
    np.testing.assert_allclose(predictions(same, graph), predictions(backbone, graph), atol=1e-6)


def test_heads_that_cannot_go_are_refused():
    backbone = small_backbone()
    with pytest.raises(ValueError, match="heads must name heads of"):
        remove_heads(backbone, {"block_0": [3]})
    with pytest.raises(ValueError, match="heads must name heads of"):
        gate_heads(backbone, {"block_2": [0]})
    with pytest.raises(ValueError, match="heads must leave one head in every layer"):
        gate_heads(backbone, {"block_0": [0, 1, 2]})
    with pytest.raises(
        ValueError, match="model must have `num_heads` and `head_dim` in its config"
    ):
        remove_heads(graphormer_regressor(), {})
