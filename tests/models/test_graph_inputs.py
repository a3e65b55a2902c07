"""Encodings of pairs and edges by kind, from the graph to the prediction."""

import keras
import numpy as np
import pytest

from keras_gt.graph import Graph, shortest_path_distances
from keras_gt.layers import MultiHeadAggregation, PairMask
from keras_gt.loaders import GraphLoader
from keras_gt.models import (
    GAT,
    GIN,
    PNA,
    Backbone,
    GraphInputs,
    GraphPreprocessor,
    GraphRegressor,
    GraphSAGE,
    graph_inputs,
)
from keras_gt.testing import assert_close, random_graph_inputs
from tests.models.small_models import outputs

HEADS = 2
ENCODINGS = {
    "distances": {"categories": 4},
    "walks": {"dim": 3},
    "path": {"categories": [3, 5]},
}


class PairModel(Backbone):
    """Attention over the complete graph whose scores read the encodings of pairs."""

    def __init__(self, pair_encodings, **kwargs):
        inputs = GraphInputs("float32")
        nodes = inputs.encode_nodes({"dense": 5}, 4)
        pairs = inputs.encode_pairs(pair_encodings, HEADS)  # (B, N, N, H)
        ids = inputs.tensors["graph_ids"] = keras.Input((None,), dtype="int32", name="graph_ids")
        mask = PairMask()(nodes, node_mask=inputs.node_mask, graph_ids=ids)
        bias = keras.ops.transpose(pairs, (0, 3, 1, 2))
        nodes = MultiHeadAggregation(HEADS, 2)(nodes, mask, attention_bias=bias)
        super().__init__(inputs.tensors, nodes, **kwargs)
        self.pair_encodings = pair_encodings


def graph(num_nodes, seed=0):
    rng = np.random.default_rng(seed)
    senders, receivers = rng.integers(0, num_nodes, (2, num_nodes + 3))
    return Graph(
        num_nodes,
        senders,
        receivers,
        node_features=rng.normal(size=(num_nodes, 5)),
        pair_encodings={
            "distances": rng.integers(0, 4, (num_nodes, num_nodes)),
            "walks": rng.normal(size=(num_nodes, num_nodes, 3)),
            "path": rng.integers(-1, 3, (num_nodes, num_nodes, 2)),
        },
    )


GRAPHS = [graph(nodes, seed=nodes) for nodes in (4, 1, 6)]


@pytest.fixture(scope="module")
def task():
    return GraphRegressor(PairModel(ENCODINGS))


def test_packed_rows_give_what_a_graph_a_row_gives(task):
    packed = outputs(task, GraphLoader(GRAPHS)[0][0])[0]
    found = task.predict(GRAPHS, verbose=0)  # a graph a row
    np.testing.assert_allclose(found, packed, rtol=1e-4, atol=1e-5)
    assert task.loader(GRAPHS)[0][0]["walks"].shape == (3, 6, 6, 3)
    assert np.abs(packed[0] - packed[2]).max() > 1e-3


def test_every_encoding_reaches_the_prediction(task):
    expected = outputs(task, GraphLoader(GRAPHS[:1])[0][0])
    for name, array in GRAPHS[0].pair_encodings.items():
        changed = {**GRAPHS[0].pair_encodings, name: np.zeros_like(array)}
        other = outputs(task, GraphLoader([GRAPHS[0].replace(pair_encodings=changed)])[0][0])
        assert np.abs(other - expected).max() > 1e-5, name


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("walks", None, "walks must be given to this model.*GraphPreprocessor.*no walks"),
        ("walks", np.ones((4, 4, 2)), r"walks must have the shape .*N, N, 3\).*4, 2\)"),
        ("walks", np.ones((4, 4)), r"walks must have the shape .*N, N, 3\)"),
        ("distances", np.ones((4, 4, 3), int), r"distances must have the shape .*N, N\) for"),
        ("distances", np.full((4, 4), 4), "distances must hold numbers below 4"),
        ("distances", np.ones((4, 4)), "distances must hold integer categories"),
        ("path", np.full((4, 4, 2), 3), "path must hold numbers below 3 in column 0"),
    ],
)
def test_unfit_encodings_are_refused_by_name(task, name, array, message):
    pairs = {**GRAPHS[0].pair_encodings, name: array}
    if array is None:
        del pairs[name]
    unfit = GRAPHS[0].replace(pair_encodings=pairs)
    batch = GraphLoader([unfit])[0][0]
    for x in (unfit, batch, GraphLoader([unfit])):
        for call in (task.predict, task.evaluate):
            with pytest.raises(ValueError, match=message):
                call(x, verbose=0)
    if name == "walks":  # nor does the model itself run on what does not fit
        with pytest.raises(ValueError, match=name):
            task(batch)


def test_kinds_are_checked():
    for options in ({"dim": 3, "categories": 4}, {"width": 3}, 4):
        with pytest.raises(ValueError, match="pair_encodings must map each input's name to"):
            GraphInputs("float32").encode_pairs({"walks": options}, 2)
    assert GraphInputs("float32").encode_pairs(None, 2) is None


def test_the_preprocessor_computes_what_is_missing():
    options = {"kind": "shortest_path_distances", "max_distance": 2}
    preprocessor = GraphPreprocessor(encodings={"distances": options, "spd": options})
    found = preprocessor(GRAPHS[0]).pair_encodings
    np.testing.assert_array_equal(found["spd"], shortest_path_distances(GRAPHS[0], 2))
    np.testing.assert_array_equal(found["distances"], GRAPHS[0].pair_encodings["distances"])
    with pytest.raises(ValueError, match="encodings must have a kind of .*shortest_path_distances"):
        GraphPreprocessor(encodings={"spd": {"kind": "shortest_paths"}})


BONDS = {"categories": [3, 2]}
BY_KIND = {
    "gin": lambda: GIN({"dense": 2}, 8, 2, edge_features=BONDS),
    "gat": lambda: GAT({"dense": 2}, 4, 2, 2, edge_features=BONDS),
    "gatv2": lambda: GAT({"dense": 2}, 4, 2, 2, score="gatv2", edge_features=BONDS),
    "sage": lambda: GraphSAGE({"dense": 2}, 8, 2, edge_features=BONDS),
    "pna": lambda: PNA({"dense": 2}, 8, 1.0, 2, towers=2, edge_features=BONDS),
}


@pytest.mark.parametrize("name", BY_KIND)
def test_edges_by_kind_train_as_edges_one_by_one(name, monkeypatch):
    inputs = random_graph_inputs(num_features=2, plan=True)
    rng = np.random.default_rng(0)
    edges = inputs["senders"].shape
    inputs["edge_features"] = rng.integers(-1, [3, 2], (*edges, 2)).astype("int32")
    found = []
    for most in (graph_inputs._MOST_KINDS, 0):
        monkeypatch.setattr(graph_inputs, "_MOST_KINDS", most)
        keras.utils.set_random_seed(0)
        model = BY_KIND[name]()
        looked_up = model.get_layer("edge_encoder").output
        assert isinstance(looked_up, list) == (most > 0)  # kinds and table
        before = model.predict_on_batch(inputs)
        model.compile(keras.optimizers.SGD(0.1), "mse")
        model.train_on_batch(inputs, np.ones_like(before))
        found.append([before, *(np.asarray(weight) for weight in model.get_weights())])
    for by_kind, one_by_one in zip(*found, strict=True):
        assert_close(by_kind, one_by_one, 1e-5)
