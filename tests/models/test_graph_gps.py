"""The paper's size, packed rows, a step in bfloat16, and what is refused."""

import collections
import re

import keras
import numpy as np
import pytest

from keras_gt.loaders import GraphLoader
from keras_gt.models import GraphGPS, GraphRegressor
from tests.models.small_models import edge_graph, gps_regressor, outputs

GRAPHS = [edge_graph(nodes, nodes + 4, seed=nodes) for nodes in (4, 6, 7)]
INPUTS, LABELS = GraphLoader(GRAPHS, np.arange(3.0))[0]


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
    sizes = collections.Counter()
    for weight in GraphRegressor(model, readout="sum", head="mlp").weights:
        if not weight.name.startswith(("moving_", "seed")):
            path = re.sub(r"_\d+", "", weight.path.removeprefix(f"{model.name}/")).split("/")
            sizes[path[1] if path[0] == "block" else path[0]] += int(np.prod(weight.shape))
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
    before = model.get_weights()
    assert np.isfinite(model.train_on_batch(INPUTS, LABELS)).all()
    after = model.get_weights()
    assert all(np.isfinite(weight.astype("float32")).all() for weight in after)
    changed = [np.any(one != other) for one, other in zip(before, after, strict=True)]
    assert np.mean(changed) > 0.8  # biases before norms and the last edge norm stay


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
    for options, message in (
        ({"dim": 4}, "positional_encodings must map each input's name to its 'dim' and"),
        ({"dim": 4, "units": 8}, "positional_encodings must have fewer units than hidden_dim"),
    ):
        with pytest.raises(ValueError, match=message):
            GraphGPS({"dense": 3}, 8, positional_encodings={"walks": options})


@pytest.mark.parametrize("columns", [3, None])
def test_encodings_that_are_missing_or_too_narrow_are_named(columns):
    graph = edge_graph()
    encoding = None if columns is None else {"positional_encoding": np.ones((5, columns))}
    with pytest.raises(ValueError, match="positional_encoding"):
        gps_regressor().predict(graph.replace(encodings=encoding), verbose=0)
