import keras
import numpy as np
import pytest

from keras_gt.loaders import GraphLoader
from keras_gt.models import EGT, GraphRegressor
from tests.layers.compiled import compiled
from tests.models.small_models import assert_a_step_trains, egt_regressor, outputs, pair_graph

GRAPHS = [pair_graph(nodes, nodes + 4, seed=nodes) for nodes in (4, 5, 7)]


def count(model):
    learned = [weight for weight in model.weights if not weight.name.startswith("moving_")]
    return sum(int(np.prod(weight.shape)) for weight in learned)


def test_the_zinc_configuration_has_the_authors_parameters():
    """The paper says 500k; the authors' code makes 507,937 that reach its prediction."""
    backbone = EGT(
        {"categories": [28]},
        64,
        edge_features={"categories": [4]},
        pair_encodings={"shortest_path_distances": {"categories": 16 + 2}},
    )
    difference = {
        "a row for padding among the atoms": -64,
        "a row for no edge among the bonds": -64,
        "18 distances here, 16 walks and a bias there": 18 * 64 - (16 * 64 + 64),
    }
    model = GraphRegressor(backbone, head="mlp")
    assert count(model) == 507_937 + sum(difference.values()) == 507_873


def test_packed_rows_give_what_a_graph_a_row_gives():
    model = egt_regressor(num_virtual_nodes=0)
    packed = outputs(model, GraphLoader(GRAPHS)[0][0])[0]
    np.testing.assert_allclose(model.predict(GRAPHS, verbose=0), packed, rtol=1e-4, atol=1e-5)
    assert model.loader(GRAPHS)[0][0]["node_mask"].shape == (3, 7)


def test_virtual_nodes_need_a_graph_a_row():
    model = egt_regressor()
    assert model.predict(GRAPHS, verbose=0).shape == (3, 1)
    with pytest.raises(ValueError, match="graph_mask must have a width of 1 for virtual nodes"):
        compiled(model)(GraphLoader(GRAPHS)[0][0])


def test_training_in_bfloat16_and_with_random_masks():
    keras.utils.set_random_seed(1)
    inputs, labels = GraphLoader(GRAPHS, np.arange(3.0), graphs_per_batch=3, rows=3)[0]
    assert_a_step_trains(egt_regressor(0.3, "mixed_bfloat16"), inputs, labels)


def test_errors():
    with pytest.raises(ValueError, match="hidden_dim must be a multiple of num_heads"):
        EGT({"dense": 5}, 7, num_heads=2, edge_features={"dense": 1})
    with pytest.raises(ValueError, match="edge_features or pair_encodings must be given to EGT"):
        EGT({"dense": 5}, 8)
    with pytest.raises(ValueError, match="shortest_path_distances must be given to this model"):
        egt_regressor().predict(GRAPHS[0].replace(pair_encodings=None), verbose=0)
