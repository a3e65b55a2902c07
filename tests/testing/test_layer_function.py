import numpy as np
import pytest

from keras_gt.testing import layer_function, random_graph_inputs
from keras_gt.testing.layer_function import dense_pairs


def arguments(form, inputs):
    def layer(node_features, edges=None, edge_features=None, *, node_mask=None):
        return node_features, edges, edge_features, node_mask

    return layer_function(layer, form)(inputs)


def test_each_form_hands_on_what_it_should():
    inputs = random_graph_inputs(num_edge_features=3, edge_weights=True, plan=True)
    features, edges, pairs, mask = arguments("sparse", inputs)
    assert features is inputs["node_features"] and mask is inputs["node_mask"]
    assert pairs is inputs["edge_features"]
    assert set(edges) == {"senders", "receivers", "mask", "weights"}
    assert "sender_order" in arguments("plan", inputs)[1]
    _, edges, pairs, _ = arguments("dense", inputs)
    assert edges.shape == (2, 11, 11) and pairs.shape == (2, 11, 11, 3)
    receiver, sender = inputs["receivers"][1, 0], inputs["senders"][1, 0]
    assert edges[1, receiver, sender] == inputs["edge_weights"][1, 0]
    assert np.array_equal(pairs[1, receiver, sender], inputs["edge_features"][1, 0])
    assert arguments("complete", inputs)[1] is None


def test_errors():
    with pytest.raises(ValueError, match="form must be one of"):
        layer_function(None, "ragged")
    inputs = random_graph_inputs()
    inputs["senders"][0, 1], inputs["receivers"][0, 1] = (
        inputs["senders"][0, 0],
        inputs["receivers"][0, 0],
    )
    with pytest.raises(ValueError, match="inputs must store each pair once"):
        dense_pairs(inputs, inputs["edge_mask"])
