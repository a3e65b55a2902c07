import keras
import numpy as np
import pytest

from keras_gt.analysis import sparsify
from keras_gt.graph import Graph, add_self_loops, complete, window
from keras_gt.models import GraphClassifier, GraphTransformer, NodeClassifier
from tests.models.small_models import dot_classifier


def graphs(sizes=(5, 3, 7)):
    generator = np.random.default_rng(0)
    for size in sizes:
        features = generator.normal(size=(size, 5))
        yield Graph(size, *complete(size), node_features=features)


def windowed(graph):
    senders, receivers = window(graph.num_nodes, 1)
    return graph.replace(senders=senders, receivers=receivers)


def test_each_row_is_what_the_model_predicts_on_those_edges():
    model, data = dot_classifier(), list(graphs())
    seen = []

    def metric(predictions):
        seen.append(predictions)
        return predictions[0, 0]

    rows = sparsify.curve(model, {"all": None, "window": windowed}, data, metric, repeats=2)
    assert [row["builder"] for row in rows] == ["all", "window"]
    assert [row["edges"] for row in rows] == [25 + 9 + 49, 13 + 7 + 19]
    assert [row["score_bytes"] for row in rows] == [49 * 2 * 4, 19 * 2 * 4]
    np.testing.assert_allclose(seen[0], model.predict(data), atol=1e-6)
    np.testing.assert_allclose(seen[1], model.predict([windowed(g) for g in data]), atol=1e-6)
    assert rows[1]["quality"] == pytest.approx(float(seen[1][0, 0]))
    assert all(0 < row["seconds"] < 60 for row in rows)
    assert abs(seen[0] - seen[1]).max() > 1e-3


def test_dense_scores_cost_all_pairs_whatever_the_edges():
    model, data = dot_classifier(attention="dense"), list(graphs((5, 4)))
    rows = sparsify.curve(model, {"none": sparsify.keep_random(0.0)}, data, lambda y: y[0].sum())
    assert rows[0]["edges"] == 0 and rows[0]["score_bytes"] == 5 * 5 * 2 * 4


def test_fine_tuning_starts_from_the_same_weights_each_time():
    backbone = GraphTransformer({"dense": 5}, 4, num_layers=1, num_heads=2)
    model, data = NodeClassifier(backbone, 2), list(graphs((4,)))
    before, started = model.get_weights(), []

    def fine_tune(model, builder):
        started.append([weight.copy() for weight in model.get_weights()])
        for weight in model.trainable_variables:
            weight.assign_add(keras.ops.ones(weight.shape))

    builders = {"all": None, "again": None, "loops": add_self_loops}
    plain = sparsify.curve(model, builders, data, lambda y: y[0].sum())
    tuned = sparsify.curve(model, builders, data, lambda y: y[0].sum(), fine_tune=fine_tune)
    for weights in (*started, model.get_weights()):
        for weight, kept in zip(weights, before, strict=True):
            np.testing.assert_array_equal(weight, kept)
    assert tuned[0]["quality"] == pytest.approx(tuned[1]["quality"], abs=1e-6)
    assert abs(tuned[0]["quality"] - plain[0]["quality"]) > 1e-3


def test_nothing_to_measure_is_refused():
    model = GraphClassifier(GraphTransformer({"dense": 5}, 4, 1, 2), 2)
    with pytest.raises(ValueError, match="builders and data must not be empty"):
        sparsify.curve(model, {}, list(graphs()), np.mean)
