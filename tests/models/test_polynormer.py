"""The published configuration, training in two stages, a step in bfloat16, and what is refused."""

import keras
import numpy as np
import pytest

from keras_gt.models import NodeClassifier, Polynormer
from tests.models.small_models import assert_a_step_trains, dense_graph, outputs
from tests.references.layer_arrays import randomise

GRAPH = dense_graph()
LABELS = np.array([[0, 1, 0, 1, 1, 0]], "int32")
SMALL = {"node_features": {"dense": 5}, "head_dim": 3, "num_heads": 2, "num_local_layers": 2}


def test_the_roman_empire_configuration_has_the_authors_parameters():
    """Their paper states no number: this is their model's, part by part."""
    model = Polynormer({"dense": 300}, 64, 8, num_local_layers=10, num_global_layers=2, beta=0.5)
    width = 8 * 64
    square = width * width + width
    local = width * width + 2 * width  # GAT without a bias
    local += 2 * square + 2 * width + width  # gate, own, norm, beta
    shared = 3 * square + 2 * width + width  # gate, key as query, value, norm, beta
    encoder = 300 * width + width
    expected = encoder + 10 * local + 2 * width + 2 * shared + square
    assert model.count_params() == expected == 9_896_960


def test_training_goes_on_from_the_local_model():
    keras.utils.set_random_seed(0)
    local, model = Polynormer(**SMALL, num_global_layers=0), Polynormer(**SMALL)
    randomise(local)
    model.load_local_weights(local)
    assert all("global" not in layer.name for layer in local.layers)
    between = keras.Model(model.input, model.get_layer("global_norm").input)
    inputs = {name: GRAPH.inputs().get(name) for name in model.input}
    np.testing.assert_array_equal(outputs(between, inputs), outputs(local, GRAPH.inputs()))
    other = Polynormer(**{**SMALL, "num_local_layers": 1}, num_global_layers=0)
    with pytest.raises(ValueError, match="Received: another num_local_layers"):
        model.load_local_weights(other)


def test_a_step_in_bfloat16_trains():
    keras.utils.set_random_seed(0)
    model = NodeClassifier(Polynormer(**SMALL, beta=0.5, dtype="mixed_bfloat16"), 2)
    assert_a_step_trains(model, GRAPH.inputs(), LABELS)


def test_unfit_arguments_are_refused():
    with pytest.raises(ValueError, match="beta must be in"):
        Polynormer(**SMALL, beta=-1.0)
    with pytest.raises(ValueError, match="activation must be one of"):
        Polynormer(**SMALL, activation="tanh")
    with pytest.raises(ValueError, match="node_features must have 5 columns"):
        model = NodeClassifier(Polynormer(**SMALL), 2)
        model.predict(GRAPH.replace(node_features=np.ones((6, 4), "float32")))
