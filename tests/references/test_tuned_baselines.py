"""GCN, GraphSAGE and GAT as Luo, Shi and Wu (2024) tuned them, against their forward pass.

Their layer is h <- D(ReLU(norm(conv(h) + L h))), with or without each of norm and L; the first one
reads the raw features, or a linear layer and dropout D before it. One configuration each.
"""

import keras
import numpy as np
import pytest

from keras_gt import models
from keras_gt.graph import Graph, add_self_loops, normalise_gcn, symmetrise
from keras_gt.testing import assert_close
from tests.layers.compiled import compiled
from tests.references.layer_arrays import named_variables, randomise
from tests.references.numpy_layers import Row, batch_norm, below, dense, graph_attention, layer_norm

F, D, LAYERS = 5, 7, 3
TUNED = {"dropout": 0.5, "input_dropout": 0.0, "activation": "relu", "num_layers": LAYERS}


def random_graph():
    rng = np.random.default_rng(4)
    pairs = rng.permutation(np.argwhere(~np.eye(11, dtype=bool)))[:17]
    graph = Graph(11, *pairs.T, node_features=rng.normal(size=(11, F)))
    return normalise_gcn(add_self_loops(symmetrise(graph)))


GRAPH = random_graph()
SIZE = (11, 11)


def adjacency():
    """PyG's GCNConv normalises a graph that has its self-loops already."""
    matrix = np.zeros(SIZE)
    matrix[GRAPH.receivers, GRAPH.senders] = 1
    degree = matrix.sum(axis=1)
    return matrix / np.sqrt(degree[:, None] * degree)


def gcn(weights, nodes):
    return adjacency() @ dense(weights, "value", nodes) + weights["bias"]


def sage(weights, nodes):
    neighbours = (adjacency() > 0).astype("float64")
    mean = neighbours @ nodes / neighbours.sum(axis=1, keepdims=True)
    return mean @ weights["value/kernel"] + weights["bias"] + nodes @ weights["root/kernel"]


def gat(weights, nodes):
    row = Row(nodes, GRAPH.senders.tolist(), GRAPH.receivers.tolist())
    return graph_attention(weights, row, heads=1, size=D)


def forward(weights, convolution, name, norm, linear, jumping):
    """Their forward pass at inference: `linear` is pre_linear, `jumping` jk."""
    nodes = GRAPH.node_features.astype("float64")
    if linear:
        nodes = dense(weights, "node_encoder", nodes)
    total = 0
    for index in range(LAYERS):
        update = convolution(below(weights, f"{name}_{index}"), nodes)
        update = update + dense(weights, f"residual_{index}", nodes)
        nodes = np.maximum(norm(below(weights, f"norm_{index}"), update), 0)
        total = total + nodes
    return total if jumping else nodes


CASES = {
    # roman-empire
    "gcn": (
        lambda: models.GCN({"dense": F}, D, normalization="batch", residual=True, **TUNED),
        dict(convolution=gcn, name="convolution", norm=batch_norm, linear=True),
    ),
    # the features as they are, with all that the code offers
    "gcn_raw": (
        lambda: models.GCN(
            {"dense": F},
            D,
            normalization="batch",
            residual=True,
            linear_encoder=False,
            jumping_knowledge="sum",
            **TUNED,
        ),
        dict(convolution=gcn, name="convolution", norm=batch_norm, linear=False),
    ),
    # amazon-photo
    "sage": (
        lambda: models.GraphSAGE(
            {"dense": F},
            D,
            normalization="layer",
            residual=True,
            linear_encoder=False,
            jumping_knowledge="sum",
            **TUNED,
        ),
        dict(convolution=sage, name="aggregation", norm=layer_norm, linear=False),
    ),
    # minesweeper
    "gat": (
        lambda: models.GAT(
            {"dense": F},
            D,
            1,
            normalization="batch",
            residual=True,
            linear_encoder=False,
            use_bias=False,
            **TUNED,
        ),
        dict(convolution=gat, name="attention", norm=batch_norm, linear=False),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_forward_pass_is_theirs(name):
    make, options = CASES[name]
    keras.utils.set_random_seed(3)
    model = make()
    randomise(model)
    assert "input_dropout" not in {layer.name for layer in model.layers}
    weights = {
        f"{layer.name}/{key}": keras.ops.convert_to_numpy(value).astype("float64")
        for layer in model.layers
        for key, value in named_variables(layer).items()
        if layer.weights
    }
    if not options["linear"] and name != "sage":
        # the first projection has become the encoder of the features
        first = f"{options['name']}_0/value/kernel"
        weights[first] = weights.pop("node_encoder/kernel")
    used = {key.split("/")[0] for key in weights}
    assert used == used_layers(**options)
    expected = forward(weights, jumping=model.jumping_knowledge == "sum", **options)
    assert_close(compiled(model)(GRAPH.inputs())[0], expected, 1e-5)


def used_layers(convolution, name, norm, linear):
    """The names of the layers that have weights in their model of this configuration."""
    names = {f"{part}_{index}" for index in range(LAYERS) for part in (name, "norm", "residual")}
    return names | ({"node_encoder"} if linear else set())


def test_dropout_falls_where_theirs_does():
    """After a linear encoder and each activation; the raw features are read as they are."""
    for linear in (False, True):
        model = models.GCN({"dense": F}, D, 2, linear_encoder=linear, dropout=0.5, input_dropout=0)
        rates = {layer.name: layer.rate for layer in model.layers if "dropout" in layer.name}
        expected = {"dropout_0": 0.5, "dropout_1": 0.5}
        assert rates == expected | ({"encoder_dropout": 0.5} if linear else {})


def test_arguments_that_do_not_go_together_are_refused():
    with pytest.raises(ValueError, match="jumping_knowledge must not be 'sum'"):
        models.GCN({"dense": F}, D, output_dim=3, jumping_knowledge="sum")
    with pytest.raises(ValueError, match="node_features must be {'dense': F}"):
        models.GraphSAGE({"words": 9}, D, linear_encoder=False)


def test_words_and_categories_pass_the_first_layer_by():
    """The residual of a first layer that projects the features itself reads them on its own."""
    for features in ({"words": 9}, {"categories": [3, 4]}):
        for make in (lambda x: models.GCN(x, D, 1), lambda x: models.GAT(x, D, 1, 1)):
            config = {**make(features).get_config(), "residual": True, "linear_encoder": False}
            model = type(make(features)).from_config(config)
            assert model.get_layer("residual_0").weights
