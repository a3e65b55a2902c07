"""Missing labels of several tasks, and heads that do not fit."""

import keras
import numpy as np
import pytest

from keras_gt.models import GCN, NodeClassifier
from tests.models.small_models import dense_graph, outputs

GRAPH = dense_graph().replace(edge_weights=np.ones(11, "float32"))


def test_nan_labels_are_missing_ones():
    keras.utils.set_random_seed(0)
    model = NodeClassifier(GCN({"dense": 5}, 4), 2, multi_label=True)
    labels = np.array([[[1, np.nan], [0, 1], [np.nan, 0], [1, 1], [0, np.nan], [1, 0]]], "float32")
    loss, area = model.evaluate(GRAPH.inputs(), labels, verbose=0)
    logits = outputs(model, GRAPH.inputs()).astype("float64")
    each = np.log1p(np.exp(-np.abs(logits))) + np.maximum(logits, 0) - logits * labels
    assert loss == pytest.approx(np.nanmean(each), rel=1e-5)
    assert 0 <= area <= 1
    history = model.fit(GRAPH.inputs(), labels, epochs=2, verbose=0).history["loss"]
    assert np.isfinite(history).all() and history[1] < history[0]
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


def test_a_missing_head_must_fit_the_backbone():
    with pytest.raises(ValueError, match="units must be the width of the features"):
        NodeClassifier(GCN({"dense": 5}, 4, output_dim=3), 2, head=None)
    with pytest.raises(ValueError, match="backbone must be a keras_gt.models.Backbone"):
        NodeClassifier("gcn_cora", 2)
