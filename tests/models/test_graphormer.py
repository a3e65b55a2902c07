import keras
import numpy as np
import pytest

from keras_gt.loaders import GraphLoader
from keras_gt.models import Graphormer, GraphRegressor, NodeRegressor
from tests.models.small_models import graphormer_regressor, outputs, pair_graph
from tests.models.test_egt import count

GRAPHS = [pair_graph(nodes, nodes + 4, seed=nodes) for nodes in (4, 5, 7)]


def test_the_slim_configuration_has_the_authors_parameters():
    """The authors say 489.3k; their published code, with its final norm of 160, makes 489,481."""
    backbone = Graphormer({"categories": [28]}, 80, edge_features={"categories": [4]})
    difference = {
        "28 atoms, and 64 in their table": (28 - 64) * 80,
        "4 bonds, and 64 in their table": (4 - 64) * 8,
        "22 distances, and 40 in their table": (22 - 40) * 8,
        "20 matrices of a path, and 40 in their table": (20 - 40) * 8 * 8,
    }
    model = GraphRegressor(backbone, readout="token")
    assert count(model) == 489_481 + sum(difference.values()) == 484_697


def test_with_the_authors_tables_nothing_is_left():
    backbone = Graphormer(
        {"categories": [64]},
        80,
        edge_features={"categories": [64]},
        max_distance=38,
        max_path_length=40,
    )
    assert count(GraphRegressor(backbone, readout="token")) == 489_481 == 489_321 + 160


def test_weights_begin_small():
    keras.utils.set_random_seed(0)
    backbone = Graphormer({"categories": [28]}, 64, num_layers=4)
    block = backbone.get_layer("block_0")
    deviations = {
        "table": np.std(backbone.get_layer("node_encoder").table),
        "kernel": np.std(block.feed_forward.expand.kernel),
        "query": np.std(block.aggregation.query.kernel),
    }
    assert deviations["table"] == pytest.approx(0.02, rel=0.1)
    assert deviations["kernel"] == pytest.approx(0.01, rel=0.1)
    assert deviations["query"] == pytest.approx(0.01, rel=0.1)


def test_the_token_reads_the_graph_and_nodes_read_on():
    model = graphormer_regressor()
    found = model.predict(GRAPHS, verbose=0)
    for index, graph in enumerate(GRAPHS):
        np.testing.assert_allclose(
            outputs(model, graph.inputs())[0], found[index], rtol=1e-4, atol=1e-5
        )
    nodes = NodeRegressor(model.backbone).predict(GRAPHS, verbose=0)
    assert [len(part) for part in nodes] == [4, 5, 7]


def test_training_in_bfloat16():
    inputs, labels = GraphLoader(GRAPHS, np.arange(3.0), graphs_per_batch=3, rows=3)[0]
    history = graphormer_regressor(0.3, "mixed_bfloat16").fit(inputs, labels, verbose=0)
    assert np.isfinite(history.history["loss"]).all()


def test_errors():
    with pytest.raises(ValueError, match="edge_features must be {'categories': "):
        Graphormer({"dense": 5}, 8, edge_features={"dense": 3})
    model = graphormer_regressor()
    for name in model.backbone.pair_encodings:
        pairs = {key: value for key, value in GRAPHS[0].pair_encodings.items() if key != name}
        with pytest.raises(ValueError, match=f"{name} must be given to this model"):
            model.predict(GRAPHS[0].replace(pair_encodings=pairs), verbose=0)
    distances = GRAPHS[0].pair_encodings["shortest_path_distances"] + 3
    pairs = {**GRAPHS[0].pair_encodings, "shortest_path_distances": distances}
    with pytest.raises(ValueError, match="shortest_path_distances must hold numbers below 4"):
        model.predict(GRAPHS[0].replace(pair_encodings=pairs), verbose=0)
