"""Encodings of pairs, from the graph to the prediction."""

import keras
import numpy as np
import pytest

from keras_gt.graph import Graph, shortest_path_distances
from keras_gt.layers import MultiHeadAggregation, PairMask
from keras_gt.loaders import GraphLoader
from keras_gt.models import Backbone, GraphInputs, GraphPreprocessor, GraphRegressor
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
    for call, x in ((task.predict, unfit), (task.predict, batch), (task.evaluate, batch)):
        with pytest.raises(ValueError, match=message):
            call(x, verbose=0)
    if name == "walks":  # and nowhere does a model run on what does not fit
        with pytest.raises(ValueError, match=name):
            task(batch)
        with pytest.raises(ValueError, match=name):
            task.predict(GraphLoader([unfit]), verbose=0)


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
