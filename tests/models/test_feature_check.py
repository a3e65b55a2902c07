"""Features that a model was not made for are refused by name, as graphs and as arrays."""

import numpy as np
import pytest

from keras_gt.models import GIN, feature_check
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
