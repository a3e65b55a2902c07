import keras
import numpy as np
import pytest

from keras_gt.loaders import GraphLoader
from keras_gt.models import SAN, GraphRegressor
from tests.models.small_models import assert_a_step_trains, outputs, pair_graph, san_regressor
from tests.models.test_egt import count

GRAPHS = [pair_graph(nodes, nodes + 4, seed=nodes) for nodes in (2, 5, 7)]


def test_the_zinc_configuration_has_the_paper_s_parameters():
    backbone = SAN(
        {"categories": [28]},
        64,
        num_layers=6,
        edge_features={"categories": [4]},
        encoding_dim=16,
        encoding_layers=3,
    )
    assert count(GraphRegressor(backbone, readout="sum", head="mlp")) == 508_577


def test_packed_rows_give_what_a_graph_a_row_gives():
    model = san_regressor()
    packed = outputs(model, GraphLoader(GRAPHS)[0][0])[0]
    np.testing.assert_allclose(model.predict(GRAPHS, verbose=0), packed, rtol=1e-4, atol=1e-5)
    assert model.loader(GRAPHS)[0][0]["node_mask"].shape == (3, 7)


def test_training_in_bfloat16_and_with_random_signs():
    keras.utils.set_random_seed(1)
    inputs, labels = GraphLoader(GRAPHS, np.arange(3.0), graphs_per_batch=3, rows=3)[0]
    assert_a_step_trains(san_regressor(0.3, "mixed_bfloat16"), inputs, labels)


def test_errors():
    with pytest.raises(ValueError, match="edge_features must be .* for SAN"):
        SAN({"dense": 5}, 16)
    with pytest.raises(ValueError, match="encoding_dim must be below hidden_dim"):
        SAN({"dense": 5}, 8, edge_features={"dense": 1})
    model, graph = san_regressor(), GRAPHS[1]
    vectors = graph.encodings["laplacian_eigenvectors"]
    narrow = {**graph.encodings, "laplacian_eigenvectors": vectors[:, :2]}
    with pytest.raises(ValueError, match="laplacian_eigenvectors must have 3 columns"):
        model.predict(graph.replace(encodings=narrow), verbose=0)
    missing = {"laplacian_eigenvectors": vectors}
    with pytest.raises(ValueError, match="inputs must have the keys .*laplacian_eigenvalues"):
        model.predict(graph.replace(encodings=missing), verbose=0)
