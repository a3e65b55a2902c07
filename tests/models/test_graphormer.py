import keras
import numpy as np
import pytest

from keras_gt.loaders import GraphLoader
from keras_gt.models import Graphormer, GraphRegressor, NodeRegressor
from tests.models.small_models import (
    assert_a_step_trains,
    graphormer_regressor,
    outputs,
    pair_graph,
)
from tests.models.test_egt import count

GRAPHS = [pair_graph(nodes, nodes + 4, seed=nodes) for nodes in (4, 5, 7)]


def test_the_slim_configuration_has_the_authors_parameters():
    """The authors say 489.3k; their published code, with its final norm of 160, makes 489,481."""
    keras.utils.set_random_seed(0)
    backbone = Graphormer({"categories": [28]}, 80, edge_features={"categories": [4]})
    difference = {
        "28 atoms, and 64 in their table": (28 - 64) * 80,
        "4 bonds, and 64 in their table": (4 - 64) * 8,
        "22 distances, and 40 in their table": (22 - 40) * 8,
        "20 matrices of a path, and 40 in their table": (20 - 40) * 8 * 8,
    }
    model = GraphRegressor(backbone, readout="token")
    assert count(model) == 489_481 + sum(difference.values()) == 484_697
    block = backbone.get_layer("block_0")
    starts = {
        "table": backbone.get_layer("node_encoder").table,
        "distances": backbone.get_layer("shortest_path_distances_encoder").table,
        "kernel": block.feed_forward.expand.kernel,
        "query": block.aggregation.query.kernel,
    }
    scales = {"table": 0.02, "distances": 0.02, "kernel": 0.02 / 12**0.5, "query": 0.02 / 12**0.5}
    for name, variable in starts.items():
        assert np.std(keras.ops.convert_to_numpy(variable)) == pytest.approx(
            scales[name], rel=0.2
        ), name


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
    keras.utils.set_random_seed(1)
    inputs, labels = GraphLoader(GRAPHS, np.arange(3.0), graphs_per_batch=3, rows=3)[0]
    assert_a_step_trains(graphormer_regressor(0.3, "mixed_bfloat16"), inputs, labels)


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
