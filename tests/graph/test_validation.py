"""Every message of Graph.validate and of the constructor."""

import numpy as np
import pytest

from keras_gt.graph import Graph

VALID = {
    "num_nodes": 3,
    "senders": [0, 1, 2, 2],
    "receivers": [1, 0, 0, 2],
    "node_features": np.ones((3, 2)),
    "feature_ids": [[0, 4], [1, -1], [-1, -1]],
    "feature_values": np.ones((3, 2)),
    "edge_features": np.zeros((4, 1), int),
    "edge_weights": np.ones(4),
    "encodings": {"positional_encoding": np.zeros((3, 2)), "hops": np.zeros((3, 4, 2))},
    "pair_encodings": {"walks": np.zeros((3, 3, 2)), "distances": np.zeros((3, 3), int)},
}
NAN = np.array([[1.0, 0.0], [np.nan, 0.0], [0.0, np.inf]])


def test_a_valid_graph_is_returned():
    graph = Graph(**VALID)
    assert graph.validate() is graph


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"num_nodes": 0}, r"num_nodes must be an integer of at least 1.*num_nodes=0"),
        ({"num_nodes": 3.0}, r"num_nodes must be an integer.*num_nodes=3\.0"),
        ({"num_nodes": True}, r"num_nodes must be an integer.*num_nodes=True"),
        ({"senders": [0, 1, 2, 3]}, r"senders must lie in 0\.\.num_nodes-1.*between 0 and 3"),
        ({"receivers": [-1, 0, 0, 2]}, r"receivers must lie in 0\.\.num_nodes-1.*between -1 and 2"),
        ({"senders": [[0, 1, 2, 2]]}, r"senders must have the shape \(num_edges,\).*\(1, 4\)"),
        (
            {"receivers": [0, 1]},
            r"must have one entry an edge.*\(4,\).*\(2,\)",
        ),
        (
            {"node_features": np.ones((4, 2))},
            r"node_features must have one row per node.*s=3",
        ),
        ({"node_features": np.float32(1)}, r"node_features must have one row per node.*shape \(\)"),
        (
            {"node_features": np.ones(3)},
            r"node_features must have the shape \(num_nodes, f",
        ),
        ({"node_features": np.ones((3, 2, 2), int)}, r"node_features must have the shape.*categor"),
        ({"node_features": [1, -1, 0]}, r"node_features must hold categories of at least 0.*-1"),
        ({"node_features": NAN}, r"node_features must be finite.*2 rows.*the first at 1"),
        ({"feature_ids": [1, 2, 3], "feature_values": None}, r"feature_ids must have the shape"),
        ({"feature_ids": [[0, 4], [1, -2], [-1, -1]]}, r"feature_ids must be at least -1.*-2"),
        ({"feature_values": np.ones((3, 1))}, r"feature_values must have the shape of feature_ids"),
        ({"feature_ids": None}, r"feature_values must have the shape of feature_ids.*None"),
        ({"feature_values": NAN}, r"feature_values must be finite"),
        (
            {"edge_features": np.zeros((3, 1))},
            r"edge_features must have one row per edge.*s=4",
        ),
        (
            {"edge_features": np.zeros(4)},
            r"edge_features must have the shape \(num_edges, f",
        ),
        ({"edge_features": [0, -1, 2, 3]}, r"edge_features must hold categories of at least 0"),
        ({"edge_features": np.full((4, 1), np.nan)}, r"edge_features must be finite.*4 rows"),
        ({"edge_weights": np.ones((4, 1))}, r"edge_weights must have the shape \(num_edges,\)"),
        ({"edge_weights": np.ones(5)}, r"edge_weights must have one row per edge"),
        ({"edge_weights": [1, 1, np.inf, 1]}, r"edge_weights must be finite.*the first at 2"),
        ({"encodings": {"pe": np.ones((2, 2))}}, r"pe must have one row per node"),
        ({"encodings": {"pe": np.ones(3)}}, r"encodings\['pe'\] must have the shape"),
        ({"encodings": {"pe": NAN}}, r"encodings\['pe'\] must be finite"),
        (
            {"encodings": {"node_mask": np.ones((3, 1))}},
            r"encodings must not take the name.*'node",
        ),
        (
            {"pair_encodings": {"hops": np.ones((3, 3))}},
            r"pair_encodings must not take the name.*'hops'",
        ),
        (
            {"pair_encodings": {"senders": np.ones((3, 3))}},
            r"pair_encodings must not take the name.*'senders'",
        ),
        ({"pair_encodings": {"p": np.ones(3)}}, r"pair_encodings\['p'\] must have the shape"),
        (
            {"pair_encodings": {"p": np.ones((3, 2))}},
            r"\['p'\] must have one row and one column per node.*\(3, 2\) and num_nodes=3",
        ),
        (
            {"pair_encodings": {"p": np.full((3, 3), np.inf)}},
            r"pair_encodings\['p'\] must be finite",
        ),
        (
            {"pair_encodings": {"p": np.full((3, 3), -2)}},
            r"pair_encodings\['p'\] must hold categories of at least 0.*minimum -2",
        ),
    ],
)
def test_validate_says_what_is_wrong(changes, message):
    with pytest.raises(ValueError, match=message):
        Graph(**VALID | changes).validate()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"senders": [0.0, 1.0, 2.0, 2.0]}, r"senders must hold integers.*float64"),
        ({"receivers": [2**31, 0, 0, 0]}, r"receivers must fit 32-bit integers.*2147483648"),
        ({"feature_ids": np.ones((3, 2))}, r"feature_ids must hold integers"),
        ({"feature_values": [["a", "b"]] * 3}, r"feature_values must hold real numbers"),
        ({"edge_weights": [1j] * 4}, r"edge_weights must hold real numbers.*complex"),
        ({"node_features": np.ones((3, 2), bool)}, r"node_features must hold floats.*bool"),
        ({"edge_features": [["a"]] * 4}, r"edge_features must hold floats.*or integers"),
        ({"encodings": np.ones((3, 2))}, r"encodings must be a dictionary.*ndarray"),
        ({"encodings": {"pe": [["a"]] * 3}}, r"encodings\['pe'\] must hold real numbers"),
        ({"pair_encodings": np.ones((3, 3))}, r"pair_encodings must be a dictionary.*ndarray"),
        ({"pair_encodings": {"p": [["a"]] * 3}}, r"pair_encodings\['p'\] must hold floats"),
    ],
)
def test_the_constructor_refuses_types_that_a_graph_cannot_hold(changes, message):
    with pytest.raises(ValueError, match=message):
        Graph(**VALID | changes)


def test_inputs_and_stores_validate():
    graph = Graph(2, [0], [1], node_features=[[0.0], [np.nan]])
    with pytest.raises(ValueError, match="^node_features must be finite"):
        graph.inputs()
