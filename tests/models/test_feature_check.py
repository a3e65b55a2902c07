"""Features that a model was not made for are refused by name, as graphs and as arrays."""

import numpy as np
import pytest

from keras_gt.loaders import GraphLoader
from keras_gt.models import BERT, GIN, GraphClassifier, feature_check
from tests.models.small_models import (
    dense_graph,
    dot_classifier,
    edge_graph,
    edge_regressor,
    word_classifier,
    word_graph,
)


def changed(graph, name, place, value):
    array = getattr(graph, name).copy()
    array[place] = value
    return graph.replace(**{name: array})


CASES = {
    "unknown word": (
        word_classifier,
        changed(word_graph(), "feature_ids", (0, 0), 20),
        "feature_ids must hold numbers below 20",
    ),
    "unknown category": (
        edge_regressor,
        changed(edge_graph(), "node_features", (2, 1), 4),
        "node_features must hold numbers below 4 in column 1",
    ),
    "numbers for categories": (
        edge_regressor,
        edge_graph().replace(node_features=np.ones((5, 2), "float32")),
        "node_features must hold integer categories",
    ),
    "missing column": (
        edge_regressor,
        edge_graph().replace(node_features=np.ones((5, 1), "int32")),
        "node_features must have 2 columns",
    ),
    "edge width": (
        edge_regressor,
        edge_graph().replace(edge_features=np.ones((8, 4), "float32")),
        "edge_features must have 3 columns",
    ),
    "encoding width": (
        edge_regressor,
        edge_graph().replace(encodings={"positional_encoding": np.ones((5, 3))}),
        "positional_encoding must have 4 columns",
    ),
    "node width": (
        dot_classifier,
        dense_graph().replace(node_features=np.ones((6, 7), "float32")),
        "node_features must have 5 columns",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_unfit_features_are_refused(case):
    make, graph, message = CASES[case]
    model = make()
    for x in (graph, graph.inputs()):
        with pytest.raises(ValueError, match=message):
            model.predict(x, verbose=0)


def without_number(inputs):
    inputs["node_features"][0, 1, 2] = np.nan


def without_sender(inputs):
    inputs["senders"][0, 1] = 6


def before_the_first(inputs):
    inputs["receivers"][0, 0] = -1


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (without_number, "node_features must be finite where node_mask is true"),
        (without_sender, "senders must be nodes from 0 to 5 of their row"),
        (before_the_first, "receivers must be nodes from 0 to 5 of their row"),
    ],
)
def test_values_of_arrays_are_checked_where_they_count(spoil, message):
    graph, model = dense_graph(), dot_classifier()
    inputs = {name: np.array(array) for name, array in graph.inputs().items()}
    edges = {"senders": np.zeros((1, 2), "int32"), "receivers": np.ones((1, 2), "int32")}
    inputs |= edges | {"node_mask": np.ones((1, 6), bool), "edge_mask": np.ones((1, 2), bool)}
    feature_check.check_values(model.backbone, inputs)
    spoil(inputs)
    with pytest.raises(ValueError, match=message):
        model.evaluate(inputs, np.zeros((1, 1), "int32"), verbose=0)
    inputs["node_mask"][0, 1] = inputs["edge_mask"][0] = False
    feature_check.check_values(model.backbone, inputs)


def test_places_are_not_counted_across_graphs():
    words = [dense_graph(nodes).replace(node_features=np.arange(nodes)) for nodes in (3, 4)]
    packed, model = GraphLoader(words), GraphClassifier(BERT(5, 4, 1, 2, num_positions=9), 2)
    for x in (packed, packed[0][0]):
        with pytest.raises(ValueError, match="each row must hold one graph for BERT, which counts"):
            model.predict(x, verbose=0)
    placed = packed[0][0] | {"position_ids": np.array([[0, 1, 2, 0, 1, 2, 3]], "int32")}
    np.testing.assert_allclose(
        model.predict(placed, verbose=0)[0], model.predict(words, verbose=0), rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize(("label", "found"), [(3, "0 to 3"), (-1, "-1 to 2")])
def test_labels_are_classes(label, found):
    graph, model = word_graph(), word_classifier()
    labels = np.arange(graph.num_nodes, dtype="int32")[None] % 3
    good = labels.copy()
    labels[0, 0] = label
    data = (graph.inputs(), labels)
    message = f"labels must be classes from 0 to 2.*Received: labels from {found}"
    for call in (
        lambda: model.evaluate(*data),
        lambda: model.fit(*data, sample_weight=(labels == good).astype("float32")),
        lambda: model.fit(graph, labels[0]),
        lambda: model.fit(graph.inputs(), good, validation_data=data),
        lambda: model.evaluate(GraphLoader([graph], [labels[0]], label_level="node")),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_empty_and_unknown_marks_pass():
    graph = edge_graph()
    inputs = graph.inputs()
    inputs["node_features"] = np.full_like(inputs["node_features"], -1)
    assert np.isfinite(edge_regressor().predict(inputs, verbose=0)).all()


def test_a_graph_of_one_node_with_one_category():
    backbone = GIN({"categories": [3]}, 4, 1)
    feature_check.check_against_backbone(backbone, {"node_features": np.array([2])})
    with pytest.raises(ValueError, match="numbers below 3 in column 0"):
        feature_check.check_against_backbone(backbone, {"node_features": np.array([3])})
