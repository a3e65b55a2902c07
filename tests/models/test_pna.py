"""PNA's parameters against the published counts, and SignNet's beside it."""

import keras
import numpy as np
import pytest

from keras_gt.loaders import GraphLoader
from keras_gt.models import PNA, GatedGCN, GraphRegressor
from tests.models.small_models import assert_a_step_trains, edge_graph, pna_regressor


def count(weights):
    learned = [weight for weight in weights if not weight.name.startswith("moving_")]
    return sum(int(np.prod(weight.shape)) for weight in learned)


def test_the_zinc_configuration_has_the_parameters_of_the_authors_code():
    """387,155 are published, for a code whose towers held two projections that nothing read."""
    model = PNA(
        {"categories": [28]}, 70, 1.2, num_layers=16, edge_features={"categories": [4]}, edge_dim=40
    )
    found = count(GraphRegressor(model, head="mlp", readout="sum").weights)
    size, towers = 14, 5
    tower = (2 * size + 40) * size + size  # messages
    tower += (1 + 4 * 3) * size * size + size  # update
    tower += 2 * size  # batch norm
    layer = towers * tower + 70 * 70 + 70  # mixing
    head = 70 * 35 + 35 + 35 * 17 + 17 + 17 + 1
    assert found == 28 * 70 + 4 * 40 + 16 * layer + head == 369_235
    unused = size * size + 2 * size  # a projection and attention weights, in each tower
    assert found + 16 * towers * unused == 387_155


def test_sign_net_has_the_parameters_of_the_authors_code():
    """GatedGCN with SignNet has 495 thousand in the paper's table."""
    encoding = {"dim": 8, "sign_invariant": {"hidden_dim": 68, "num_layers": 8, "phi_dim": 4}}
    model = GatedGCN(
        {"categories": [28]},
        68,
        num_layers=16,
        edge_features={"categories": [4]},
        positional_encodings={"positional_encoding": encoding},
    )
    square, norm = 68 * 68 + 68, 2 * 68
    phi = (68 + 68) + 7 * square + 7 * square + (68 * 4 + 4) + (8 + 7) * norm
    rho = (8 * 4 * 68 + 68) + 6 * square + (68 * 8 + 8) + 7 * norm
    layer = model.get_layer("positional_encoding_sign_invariant")
    assert count(layer.weights) == phi + rho == 100_040
    found = count(GraphRegressor(model, head="mlp").weights)
    last_edge_norm = norm  # nothing reads the last layer's edges: we have no norm there
    concatenation = 2 * 68 * 68 + 68  # they project [h, p], we add h and p
    assert found + last_edge_norm + concatenation == 494_815


def test_unfit_arguments_are_refused():
    with pytest.raises(ValueError, match="hidden_dim must be a multiple of towers.*12.*towers=5"):
        PNA({"dense": 3}, 12, 1.0)
    with pytest.raises(ValueError, match="mean_log_degree must be a positive number"):
        PNA({"dense": 3}, 10, None)
    encoding = {"dim": 4, "sign_invariant": {"hidden_dim": 7}, "random_sign": True}
    with pytest.raises(ValueError, match="random_sign must be False beside sign_invariant"):
        PNA({"dense": 3}, 10, 1.0, positional_encodings={"positional_encoding": encoding})


def test_a_missing_encoding_is_named():
    encoding = {"dim": 4, "sign_invariant": {"hidden_dim": 7, "num_layers": 1}}
    model = PNA({"dense": 3}, 10, 1.0, 1, positional_encodings={"eigenvectors": encoding})
    arrays = {"senders": np.zeros((1, 2), "int32"), "receivers": np.zeros((1, 2), "int32")}
    with pytest.raises(ValueError, match="eigenvectors"):
        model({**arrays, "node_features": np.ones((1, 2, 3), "float32")})


def test_a_training_step_in_bfloat16():
    keras.utils.set_random_seed(1)
    model = pna_regressor(dtype="mixed_bfloat16")
    inputs, labels = GraphLoader([edge_graph(4), edge_graph(7)], [1.0, 2.0])[0]
    assert_a_step_trains(model, inputs, labels)


def test_the_degree_statistic_is_saved(tmp_path):
    model = PNA({"dense": 3}, 10, 0.8125, num_layers=1)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.mean_log_degree == 0.8125
    assert loaded.get_layer("aggregation_0").mean_log_degree == 0.8125
