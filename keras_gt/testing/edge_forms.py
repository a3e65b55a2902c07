"""The forms of the edges argument that describe one graph give one result."""

import numpy as np

from keras_gt.testing.batch_arrays import complete, with_plan, without_plan
from keras_gt.testing.comparison import assert_close, evaluate, evaluate_rows
from keras_gt.testing.layer_function import layer_function


def assert_edge_forms_agree(layer, inputs, *, tolerance=1e-5):
    """Asserts that edge lists, edge lists with their plan and a dense adjacency agree.

    Args:
        layer: layer with the call signature of `keras_gt.layers.GraphLayer`.
        inputs: dictionary of batch arrays in which no pair is stored twice.
        tolerance: float, see `assert_close`.

    Raises:
        AssertionError: if two forms differ.

    Example:
        >>> from keras_gt.layers import GraphConvolution
        >>> from keras_gt.testing import random_graph_inputs
        >>> assert_edge_forms_agree(GraphConvolution(2), random_graph_inputs(num_rows=1))
    """
    inputs, _ = with_plan(without_plan(complete(inputs)))
    expected = evaluate_rows(layer_function(layer, "sparse"), inputs)
    _compare(layer, inputs, expected, ("plan", "dense"), tolerance)


def assert_complete_graph_forms_agree(layer, inputs, *, tolerance=1e-5):
    """Asserts that no edges argument means an edge from every real node to every node.

    Args:
        layer: layer with the call signature of `keras_gt.layers.GraphLayer`.
        inputs: dictionary of batch arrays; its node features, node mask and the width of its
            edge features are used.
        tolerance: float, see `assert_close`.

    Raises:
        AssertionError: if two forms differ.

    Example:
        >>> from keras_gt.layers import GraphConvolution
        >>> from keras_gt.testing import random_graph_inputs
        >>> assert_complete_graph_forms_agree(GraphConvolution(2), random_graph_inputs(num_rows=1))
    """
    inputs = _complete_graph(complete(inputs))
    expected = evaluate(layer_function(layer, "sparse"), inputs)
    _compare(layer, inputs, expected, ("complete",), tolerance)


def _complete_graph(inputs):
    rows, num_nodes = inputs["node_mask"].shape
    receivers, senders = np.divmod(np.arange(num_nodes**2, dtype="int32"), num_nodes)
    graph = {
        "node_features": inputs["node_features"],
        "node_mask": inputs["node_mask"],
        "senders": np.tile(senders, (rows, 1)),
        "receivers": np.tile(receivers, (rows, 1)),
    }
    graph["edge_mask"] = np.take_along_axis(inputs["node_mask"], graph["senders"], axis=1)
    if inputs.get("edge_features") is not None:
        width = inputs["edge_features"].shape[-1]
        rng = np.random.default_rng(0)
        graph["edge_features"] = rng.normal(size=(rows, num_nodes**2, width)).astype("float32")
    return graph


def _compare(layer, inputs, expected, forms, tolerance):
    row = np.arange(len(inputs["senders"]))[:, None]
    for form in forms:
        call = evaluate_rows if form == "plan" else evaluate
        found = call(layer_function(layer, form), inputs)
        name = f"form {form!r}"
        assert_close(found[0], expected[0], tolerance, inputs["node_mask"], f"{name}, nodes")
        if len(expected) > 1:
            edges = found[1]
            if form in ("dense", "complete"):
                edges = edges[row, inputs["receivers"], inputs["senders"]]
            assert_close(edges, expected[1], tolerance, inputs["edge_mask"], f"{name}, edges")
