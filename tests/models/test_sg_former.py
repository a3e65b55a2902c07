"""The published configuration, a step in bfloat16, and what is refused."""

import keras
import numpy as np
import pytest

from keras_gt.models import NodeClassifier, SGFormer
from tests.models.small_models import assert_a_step_trains, weighted_graph

GRAPH = weighted_graph()


def test_the_arxiv_configuration_has_the_authors_parameters():
    """Their paper states no number: this is their model's, part by part."""
    model = SGFormer({"dense": 128}, 256, num_graph_layers=3, dropout=0.5)
    encoder = 128 * 256 + 256
    square = 256 * 256 + 256
    attention = encoder + 3 * square + 2 * 2 * 256  # query, key, value; two layer norms
    graph = encoder + 3 * square + 4 * 2 * 256  # convolutions; four batch norms
    head = 256 * 40 + 40
    task = NodeClassifier(model, 40)
    learned = sum(int(np.prod(weight.shape)) for weight in task.trainable_weights)
    assert learned == attention + graph + head == 474_152


def test_a_step_in_bfloat16_trains():
    keras.utils.set_random_seed(0)
    model = NodeClassifier(SGFormer({"dense": 5}, 4, num_graph_layers=1, dtype="mixed_bfloat16"), 2)
    labels = np.array([[0, 1, 0, 1, 1, 0]], "int32")
    assert_a_step_trains(model, GRAPH.inputs(), labels)


def test_branches_side_by_side():
    assert SGFormer({"dense": 5}, 4, combine="concat").output_width == 8


def test_unfit_arguments_are_refused():
    with pytest.raises(ValueError, match="graph_weight must be in"):
        SGFormer({"dense": 5}, 4, graph_weight=1.5)
    with pytest.raises(ValueError, match="combine must be one of"):
        SGFormer({"dense": 5}, 4, combine="mean")
    model, inputs = NodeClassifier(SGFormer({"dense": 5}, 4), 2), GRAPH.inputs()
    with pytest.raises(ValueError, match="inputs must have the keys .* Add \\['edge_weights'\\]"):
        model({name: inputs[name] for name in inputs if name != "edge_weights"})
    with pytest.raises(ValueError, match="node_features must have 5 columns"):
        model.predict(GRAPH.replace(node_features=np.ones((6, 4), "float32")))
