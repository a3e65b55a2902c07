import numpy as np

from keras_gt.testing import random_graph_inputs
from keras_gt.testing.batch_arrays import (
    add_copies,
    add_padding,
    complete,
    make_room,
    node_keys,
    pair_keys,
    permute_nodes,
    replan,
    with_plan,
)


def test_permuted_nodes_keep_their_edges():
    inputs = random_graph_inputs()
    order = np.random.default_rng(0).permuted(np.tile(np.arange(11), (2, 1)), axis=1)
    permuted = permute_nodes(inputs, order)
    row = np.arange(2)[:, None]
    for key in ("senders", "receivers"):
        before = inputs["node_features"][row, inputs[key]]
        assert np.array_equal(before, permuted["node_features"][row, permuted[key]])


def test_replan_sorts_and_tells_the_order():
    inputs = random_graph_inputs(num_edge_features=3)
    inputs["edge_mask"][0, 2] = False
    planned, order = replan(inputs, planned=True)
    assert planned["receivers"][0, -1] == 10 and (np.diff(planned["receivers"]) >= 0).all()
    features = np.take_along_axis(inputs["edge_features"], order[..., None], axis=1)
    assert np.array_equal(planned["edge_features"], features)
    assert "sender_order" in with_plan(inputs)[0]


def test_padding_and_copies():
    inputs = random_graph_inputs(edge_weights=True)
    wider = add_padding(inputs, 2, 3)
    assert wider["node_features"].shape == (2, 13, 5) and wider["senders"].shape == (2, 34)
    assert not wider["node_mask"][:, 11:].any() and not wider["edge_mask"][:, 31:].any()
    assert make_room(inputs, 1, 5) is inputs
    assert make_room(inputs, 4, 5)["node_features"].shape == (2, 13, 5)
    copied = add_copies(inputs, [3, None], [[(10, 4, 1)], []])
    assert np.array_equal(copied["node_features"][0, 10], inputs["node_features"][0, 3])
    assert copied["node_mask"][:, 10].tolist() == [True, False]
    assert (copied["edge_mask"].sum(1) - inputs["edge_mask"].sum(1)).tolist() == [1, 0]
    new = np.argmax(copied["edge_mask"][0] != inputs["edge_mask"][0])
    assert copied["edge_weights"][0, new] == inputs["edge_weights"][0, 1]


def test_arrays_of_pairs_have_two_node_axes():
    inputs = random_graph_inputs()
    pairs = np.random.default_rng(0).normal(size=(2, 11, 11, 3))
    inputs = {**inputs, "walks": pairs, "node_features": pairs[:, :, :, 0]}
    assert pair_keys(inputs) == ["walks"] and "node_features" in node_keys(inputs)
    assert "walks" not in node_keys(inputs)
    order = np.random.default_rng(0).permuted(np.tile(np.arange(11), (2, 1)), axis=1)
    permuted = permute_nodes(inputs, order)
    assert permuted["walks"][1, 2, 5, 0] == pairs[1, order[1, 2], order[1, 5], 0]
    wider = add_padding(inputs, 2, 3)["walks"]
    assert wider.shape == (2, 13, 13, 3) and np.array_equal(wider[:, :11, :11], pairs)


def test_complete_adds_the_masks():
    inputs = random_graph_inputs()
    del inputs["node_mask"], inputs["edge_mask"]
    whole = complete({**inputs, "edge_features": None})
    assert whole["node_mask"].all() and whole["edge_mask"].shape == (2, 31)
    assert "edge_features" not in whole
