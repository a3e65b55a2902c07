"""One readout or several side by side, with or without a norm before the head."""

import keras
import numpy as np
import pytest

from keras_gt.graph import batch_graphs
from keras_gt.models import GCN, GraphClassifier, GraphRegressor
from tests.models.small_models import dense_graph, graphormer_regressor, outputs, pair_graph

GRAPHS = [dense_graph(seed=seed).replace(edge_weights=np.ones(11, "float32")) for seed in range(3)]


def test_several_readouts_stand_side_by_side():
    keras.utils.set_random_seed(0)
    backbone = GCN({"dense": 5}, 4)
    model = GraphRegressor(backbone, readout=["mean", "sum", "max"])
    kernel = np.arange(12, dtype="float32")[:, None]
    model.get_layer("head").output_dense.kernel.assign(kernel)
    nodes = outputs(backbone, GRAPHS[0].inputs())[0]
    pooled = np.concatenate([nodes.mean(0), nodes.sum(0), nodes.max(0)])
    assert np.allclose(outputs(model, GRAPHS[0].inputs()), pooled @ kernel, rtol=1e-4)
    again = GraphRegressor.from_config(model.get_config())
    assert again.readout == ["mean", "sum", "max"]


def test_the_norm_leaves_padding_graphs_out():
    keras.utils.set_random_seed(0)
    model = GraphClassifier(GCN({"dense": 5}, 4), 2, readout="sum", normalization="batch")
    norm = model.get_layer("head").norm
    start = model.get_weights()
    statistics = []
    for num_graphs in (3, 7):
        model.set_weights(start)
        batch = batch_graphs(GRAPHS, num_graphs=num_graphs)
        labels = np.pad([[0, 1, 0]], [(0, 0), (0, num_graphs - 3)])
        model.fit(batch, labels, verbose=0)
        statistics.append(keras.ops.convert_to_numpy(norm.moving_variance))
    assert np.allclose(*statistics, rtol=1e-4)


@pytest.mark.parametrize("readout", ["middle", [], ["mean", "mean"], ["mean", "middle"]])
def test_an_unknown_readout_is_an_error(readout):
    with pytest.raises(ValueError, match="readout must be"):
        GraphRegressor(GCN({"dense": 5}, 4), readout=readout)


def test_a_token_needs_a_backbone_that_has_one():
    with pytest.raises(ValueError, match="readout must not be 'token' .* backbone=GCN"):
        GraphRegressor(GCN({"dense": 5}, 4), readout="token")


def test_a_token_beside_other_readouts():
    backbone = graphormer_regressor().backbone
    model = GraphRegressor(backbone, readout=["token", "sum"])
    assert model.get_layer("head").output_dense.kernel.shape == (16, 1)
    again = GraphRegressor.from_config(model.get_config())
    assert again.readout == ["token", "sum"]
    again.set_weights(model.get_weights())
    graph = pair_graph()
    found, expected = again.predict(graph, verbose=0), outputs(model, graph.inputs())
    assert np.allclose(found, expected, rtol=1e-4, atol=1e-5)
