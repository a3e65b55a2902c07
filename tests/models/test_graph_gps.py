"""The paper's size, packed rows, a step in bfloat16, and what is refused."""

import collections
import re

import keras
import numpy as np
import pytest

from keras_gt.graph import ATOM_FEATURE_SIZES, BOND_FEATURE_SIZES, Graph, add_expander_edges
from keras_gt.loaders import GraphLoader
from keras_gt.models import GraphGPS, GraphPreprocessor, GraphRegressor, NodeClassifier
from tests.models.small_models import (
    assert_a_step_trains,
    edge_graph,
    expander_graph,
    exphormer_regressor,
    gps_regressor,
    outputs,
)

GRAPHS = [edge_graph(nodes, nodes + 4, seed=nodes) for nodes in (4, 6, 7)]
INPUTS, LABELS = GraphLoader(GRAPHS, np.arange(3.0))[0]


def sizes_of(task, model):
    """The learned parameters of the task by part, layers of one kind together."""
    sizes = collections.Counter()
    for weight in task.weights:
        if not weight.name.startswith(("moving_", "seed")):
            path = re.sub(r"_\d+", "", weight.path.removeprefix(f"{model.name}/")).split("/")
            sizes[path[1] if path[0] == "block" else path[0]] += int(np.prod(weight.shape))
    return sizes


def test_the_zinc_configuration_has_the_paper_s_parameters():
    encodings = {"random_walks": {"dim": 20, "units": 28, "normalization": "batch"}}
    model = GraphGPS(
        {"categories": [28]},
        64,
        num_layers=10,
        num_heads=4,
        edge_features={"categories": [4]},
        positional_encodings=encodings,
    )
    sizes = sizes_of(GraphRegressor(model, readout="sum", head="mlp"), model)
    norm = 2 * 64
    assert sizes == {
        "node_encoder": 28 * (64 - 28),
        "random_walks_norm": 2 * 20,
        "random_walks_encoder": 20 * 28 + 28,
        "edge_encoder": 4 * 64,
        "local": 10 * 2 * (64 * 64 + 64),
        "attention": 10 * 4 * (64 * 64 + 64),
        "feed_forward": 10 * (64 * 128 + 128 + 128 * 64 + 64),
        "local_norm": 10 * norm,
        "attention_norm": 10 * norm,
        "feed_forward_norm": 10 * norm,
        "head": 64 * 32 + 32 + 32 * 16 + 16 + 16 + 1,
    }
    assert sizes.total() == 423_717


def test_exphormer_s_cifar10_configuration_differs_where_it_says():
    """111,095 parameters, counted from its authors' code: ours, a gate of positions and a head."""
    model = GraphGPS(
        {"dense": 5},
        40,
        num_layers=5,
        num_heads=4,
        edge_features={"dense": 1 + 2},
        local="gated",
        global_attention="edges",
        num_virtual_nodes=1,
    )
    sizes = sizes_of(model, model)
    norm = 2 * 40
    assert sizes == {
        "node_encoder": 5 * 40 + 40,
        "edge_encoder": 3 * 40 + 40,
        "virtual_nodes": 3 * 40,
        "local": 5 * 5 * (40 * 40 + 40),
        "node_update_norm": 5 * norm,
        "edge_update_norm": 5 * norm,
        "local_norm": 5 * norm,
        "attention": 5 * 4 * 40 * 40,
        "attention_norm": 5 * norm,
        "feed_forward": 5 * (40 * 80 + 80 + 80 * 40 + 40),
        "feed_forward_norm": 5 * norm,
    }
    one_type_less = 40  # stored edges have no vector of their type beside the bias
    gates = 8 * 40 + 40 + 5 * (1 * 40 + 40 + 40 * 1 + 1)
    head = 40 * 40 + 40 + 40 * 10 + 10
    assert sizes.total() - one_type_less + gates + head == 111_095


@pytest.mark.parametrize("local", ["gine", "gated"])
def test_messages_pass_along_stored_edges_alone_and_attention_along_all(local):
    """A path of three nodes, and an edge 0 -> 2 of another type."""
    inputs = {
        "node_features": np.eye(3, dtype="float32")[None],
        "senders": np.array([[0, 1, 0]], "int32"),
        "receivers": np.array([[1, 2, 2]], "int32"),
        "edge_features": np.array([[0, 0, 1]], "int32"),
    }
    keras.utils.set_random_seed(2)
    model = GraphGPS(
        {"dense": 3},
        16,
        1,
        2,
        edge_features={"categories": [2]},
        local=local,
        global_attention="edges",
    )
    before = outputs(model, inputs)
    block = model.get_layer("block_0")
    block.attention.value.kernel.assign(keras.ops.zeros((16, 16)))  # nobody reads by attention
    without = outputs(model, inputs)
    assert np.abs(before - without)[0, 1:].max(axis=-1).min() > 1e-4

    def moved(**changes):
        change = np.abs(outputs(model, {**inputs, **changes}) - without).max(axis=-1)
        return set(np.flatnonzero(change[0] > 1e-6))

    first = inputs["node_features"] + np.array([[[1.0], [0], [0]]], "float32")
    assert moved(node_features=first) == {0, 1}
    assert moved(edge_features=np.array([[0, 0, 0]], "int32")) == {2}  # 0 -> 2 is stored now
    assert moved(edge_mask=np.array([[True, True, False]])) == set()


def test_exphormer_s_graphs_of_a_packed_row_do_not_see_each_other():
    graphs = [expander_graph(nodes, nodes + 4, seed=nodes) for nodes in (4, 6, 9)]
    inputs = GraphLoader(graphs)[0][0]
    model = exphormer_regressor()
    together = outputs(model, inputs)[0]
    for index, graph in enumerate(graphs):
        alone = GraphLoader([graph])[0][0]
        np.testing.assert_allclose(outputs(model, alone)[0, 0], together[index], rtol=1e-4)
    for name in ("graph_ids", "graph_mask"):
        del alone[name]
    expected = outputs(model.backbone, GraphLoader(graphs[-1:])[0][0])
    np.testing.assert_allclose(outputs(model.backbone, alone), expected, rtol=1e-5, atol=1e-6)


def test_virtual_nodes_carry_news_everywhere_and_count_nowhere():
    keras.utils.set_random_seed(1)
    nodes = np.arange(9)
    path = Graph(9, nodes[:-1], nodes[1:], np.eye(9), edge_features=np.zeros(8, int))

    def reached(num_virtual_nodes, num_layers):
        """The nodes that the first one's features reach."""
        model = GraphGPS(
            {"dense": 9},
            8,
            num_layers,
            2,
            edge_features={"categories": [2]},
            global_attention="edges",
            num_virtual_nodes=num_virtual_nodes,
        )
        inputs = path.inputs()
        before = outputs(model, inputs)
        assert before.shape == (1, 9, 8)
        inputs["node_features"] = inputs["node_features"] + np.eye(9, dtype="float32")[:1]
        inputs["node_features"][0, 1:] = np.eye(9)[1:]
        change = np.abs(outputs(model, inputs) - before).max(axis=-1)[0]
        return np.flatnonzero(change > 1e-6).tolist()

    assert reached(0, 2) == [0, 1, 2]
    assert reached(1, 1) == [0, 1]  # the virtual node has heard, and nobody heard it yet
    assert reached(1, 2) == list(range(9))


def test_a_preprocessor_makes_the_edges_of_molecules():
    pytest.importorskip("rdkit")
    sizes = [size + 1 for size in BOND_FEATURE_SIZES]
    transform = {"kind": "add_expander_edges", "degree": 4, "edge_value": 0}
    walks = {"walks": {"kind": "random_walk_probabilities", "steps": 3}}
    backbone = GraphGPS(
        {"categories": list(ATOM_FEATURE_SIZES)},
        8,
        2,
        2,
        edge_features={"categories": [*sizes, 2]},
        positional_encodings={"walks": {"dim": 3, "units": 2}},
        global_attention="edges",
        num_virtual_nodes=1,
    )
    preprocessor = GraphPreprocessor([transform], walks, molecules=True)
    model = GraphRegressor(backbone, preprocessor=preprocessor)
    molecules = ["CCO", "c1ccccc1C(=O)O", "CC(C)Cc1ccccc1"]
    found = model.predict(molecules, verbose=0)
    assert found.shape == (3, 1) and np.isfinite(found).all()
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(model))
    again.set_weights(model.get_weights())
    np.testing.assert_allclose(again.predict(molecules, verbose=0), found, rtol=1e-4)


def test_labels_of_nodes_are_those_of_the_graph_s_own():
    graph = add_expander_edges(Graph(11, [0, 1], [1, 2], np.eye(11)), degree=4)
    backbone = GraphGPS(
        {"dense": 11},
        8,
        1,
        2,
        edge_features={"categories": [2]},
        global_attention="edges",
        num_virtual_nodes=3,
    )
    assert NodeClassifier(backbone, 5).predict(graph, verbose=0).shape == (11, 5)


def test_graphs_of_a_packed_row_do_not_see_each_other():
    model = gps_regressor()
    together = outputs(model, INPUTS)[0]
    for index, graph in enumerate(GRAPHS):
        alone = GraphLoader([graph])[0][0]
        found = outputs(model, alone)[0, 0]
        np.testing.assert_allclose(found, together[index], rtol=1e-4, atol=1e-5)
    del alone["graph_ids"]  # plain attention over the row
    expected = outputs(model.backbone, GraphLoader(GRAPHS[-1:])[0][0])
    np.testing.assert_allclose(outputs(model.backbone, alone), expected, rtol=1e-5, atol=1e-6)


def test_a_training_step_in_bfloat16_is_finite():
    keras.utils.set_random_seed(1)
    model = gps_regressor(dropout=0.2, dtype="mixed_bfloat16")
    # biases before norms and the last edge norm stay
    assert_a_step_trains(model, INPUTS, LABELS, share=0.8)


def test_the_last_edges_reach_no_prediction():
    model = GraphGPS({"dense": 3}, 4, 2, 2, edge_features={"dense": 1}, local="gated")
    norms = [model.get_layer(f"block_{index}").edge_update_norm for index in (0, 1)]
    assert [len(norm.trainable_weights) for norm in norms] == [2, 0]


def test_unfit_arguments_are_refused():
    with pytest.raises(ValueError, match="hidden_dim must be a multiple of num_heads"):
        GraphGPS({"dense": 3}, 7, num_heads=2)
    with pytest.raises(ValueError, match="edge_features must be .* for local='gated'"):
        GraphGPS({"dense": 3}, 8, local="gated")
    with pytest.raises(ValueError, match="local must be one of"):
        GraphGPS({"dense": 3}, 8, local="gat")
    with pytest.raises(ValueError, match="global_attention must be one of"):
        GraphGPS({"dense": 3}, 8, global_attention="sparse")
    with pytest.raises(ValueError, match="edge_features must end with the types of edges"):
        GraphGPS({"dense": 3}, 8, global_attention="edges")
    with pytest.raises(ValueError, match="head_dim must be left out for global_attention='edges'"):
        GraphGPS({"dense": 3}, 8, edge_features={"dense": 2}, head_dim=2, global_attention="edges")
    for count, kind in ((1, "full"), (-1, "edges")):
        with pytest.raises(ValueError, match="num_virtual_nodes must be 0 or more, and 0 for"):
            GraphGPS(
                {"dense": 3},
                8,
                edge_features={"dense": 2},
                global_attention=kind,
                num_virtual_nodes=count,
            )
    for options, message in (
        ({"dim": 4}, "positional_encodings must map each input's name to its 'dim' and"),
        ({"dim": 4, "units": 8}, "positional_encodings must have fewer units than hidden_dim"),
    ):
        with pytest.raises(ValueError, match=message):
            GraphGPS({"dense": 3}, 8, positional_encodings={"walks": options})


def test_a_training_step_of_exphormer_in_bfloat16_is_finite():
    keras.utils.set_random_seed(1)
    model = exphormer_regressor(dropout=0.2, dtype="mixed_bfloat16")
    graphs = [expander_graph(nodes, nodes + 4, seed=nodes) for nodes in (4, 6, 9)]
    inputs, labels = GraphLoader(graphs, np.arange(3.0))[0]
    # biases before norms and the last edge norm stay
    assert_a_step_trains(model, inputs, labels, share=0.8)


@pytest.mark.parametrize("columns", [3, None])
def test_encodings_that_are_missing_or_too_narrow_are_named(columns):
    graph = edge_graph()
    encoding = None if columns is None else {"positional_encoding": np.ones((5, columns))}
    with pytest.raises(ValueError, match="positional_encoding"):
        gps_regressor().predict(graph.replace(encodings=encoding), verbose=0)
