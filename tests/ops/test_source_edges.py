import keras
import numpy as np

from keras_gt.graph import plan_edges
from keras_gt.ops import SourceEdges
from tests.layers.compiled import compiled

SENDERS = np.array([[4, 0, 2], [1, 1, 4]], "int32")
RECEIVERS = np.array([[0, 0, 1], [1, 1, 1]], "int32")
MASK = np.array([[True, True, True], [True, True, False]])
WEIGHTS = np.array([[0.5, 0.25, 2], [3, 4, 5]], "float32")


def arrays(edges):
    return {key: keras.ops.convert_to_numpy(value) for key, value in edges.items()}


def join(edges, mask, given, widen):
    """The joined edges, the given values widened for them, and what that gives back."""

    def call(edges, mask, given):
        joined = SourceEdges(edges, mask, num_receivers=2, num_senders=5, num_sources=2)
        wider = getattr(joined, widen)(given)
        return joined.edges, {"wider": wider, "again": joined.given_scores(wider)}

    edges, values = compiled(call)(edges, mask, given)
    return arrays(edges), arrays(values)


def test_edges_from_sources_come_after_the_given_ones():
    edges = {"senders": SENDERS, "receivers": RECEIVERS, "weights": WEIGHTS}
    values = np.arange(6.0, dtype="float32").reshape(2, 3, 1)
    joined, features = join(edges, MASK, values, "widen_features")
    found = {key: value[0].tolist() for key, value in joined.items()}
    assert found == {
        "senders": [4, 0, 2, 5, 6, 5, 6],
        "receivers": [0, 0, 1, 0, 0, 1, 1],
        "mask": [True] * 7,
        "weights": [0.5, 0.25, 2, 1, 1, 1, 1],
    }
    assert features["wider"][1, :, 0].tolist() == [3, 4, 5, 0, 0, 0, 0]
    assert features["again"].tolist() == values.tolist()


def test_a_plan_becomes_that_of_the_joined_edges():
    plan = plan_edges(SENDERS, RECEIVERS, MASK, num_nodes=2, num_senders=5)
    given = {"weights": WEIGHTS, **{key: plan[key] for key in plan if "mask" not in key}}
    del given["order"]
    bias = np.arange(6.0, dtype="float32").reshape(2, 3, 1)
    found, widened = join(given, plan["edge_mask"], bias, "widen_bias")
    assert found["senders"].tolist() == [[4, 0, 5, 6, 2, 5, 6], [5, 6, 1, 1, 4, 5, 6]]
    assert found["receivers"].tolist() == [[0] * 4 + [1] * 3, [0] * 2 + [1] * 5]
    assert found["weights"].tolist() == [[0.5, 0.25, 1, 1, 2, 1, 1], [1, 1, 3, 4, 5, 1, 1]]
    assert found["mask"].tolist() == [[True] * 7, [True] * 4 + [False] + [True] * 2]
    again = plan_edges(found["senders"], found["receivers"], num_nodes=2, num_senders=7)
    for key in ("receiver_offsets", "sender_offsets", "sender_order"):
        assert found[key].tolist() == again[key].tolist()
    assert widened["wider"][0, :, 0].tolist() == [0, 1, 0, 0, 2, 0, 0]
    assert widened["again"].tolist() == bias.tolist()


def test_dense_edges_get_columns():
    reads = np.array([[[True, True], [False, True]]])
    mask = reads & np.array([True, False])
    joined = SourceEdges(reads, mask, 2, 2, 1)
    found = keras.ops.convert_to_numpy(joined.edges)
    assert found.tolist() == [[[True, False, True], [False, False, True]]]
    bias = np.ones((1, 3, 2, 2), "float32")
    wider = joined.widen_bias(bias)
    assert keras.ops.convert_to_numpy(wider)[0, 0].tolist() == [[1, 1, 0], [1, 1, 0]]
    assert keras.ops.convert_to_numpy(joined.given_scores(wider)).tolist() == bias.tolist()
    weights = np.array([[[0.5, 2], [0, 3]]], "float32")
    found = keras.ops.convert_to_numpy(SourceEdges(weights, mask, 2, 2, 1).edges)
    assert found.tolist() == [[[0.5, 0, 1], [0, 0, 1]]]
    assert SourceEdges(None, None, 2, 2, 1).edges is None
