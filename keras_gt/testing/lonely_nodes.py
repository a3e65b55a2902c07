"""Graphs with nothing to read: no edges, an isolated node, a single node."""

import numpy as np

from keras_gt.testing.batch_arrays import (
    complete,
    edge_keys,
    has_plan,
    node_keys,
    pair_keys,
    replan,
)
from keras_gt.testing.comparison import (
    assert_close,
    check_output,
    compare_results,
    evaluate,
    evaluate_each,
    evaluate_rows,
)


def assert_no_edges(function, inputs, *, output="node", tolerance=1e-5, seed=0):
    """Asserts that without edges the result is finite and no node sees another.

    Edges that are all masked must give what no edges at all give.

    Args:
        function: of the batch arrays, see `keras_gt.testing`.
        inputs: dictionary of batch arrays.
        output: "node" or "graph", what the function returns.
        tolerance: float, see `assert_close`.
        seed: int, of the other nodes' features.

    Raises:
        AssertionError: if a value is not finite or a node sees another.

    Example:
        >>> from keras_gt.testing import random_graph_inputs
        >>> def double(inputs):
        ...     return 2 * inputs["node_features"]
        >>> assert_no_edges(double, random_graph_inputs())
    """
    inputs = complete(inputs)
    planned, masked = has_plan(inputs), {**inputs, "edge_mask": np.zeros_like(inputs["edge_mask"])}
    masked, _ = replan(masked, planned)
    expected, other = evaluate_each(function, (masked, _others_changed(masked, 0, seed)))
    if output == "node":
        assert_close(other[0][:, 0], expected[0][:, 0], tolerance, name="no edges, first node")
    empty, _ = replan(_without_edges(masked), planned)
    found = evaluate(function, empty)
    compare_results(found[:1], expected[:1], masked, output, tolerance, "empty edge arrays")


def assert_isolated_node(function, inputs, *, node=0, tolerance=1e-5, seed=0):
    """Asserts that a node without edges gets a finite result and sees no other node.

    Args:
        function: of the batch arrays, returning node features first.
        inputs: dictionary of batch arrays.
        node: int, the real node whose edges are removed in each row.
        tolerance: float, see `assert_close`.
        seed: int, of the other nodes' features.

    Raises:
        AssertionError: if the node's result is not finite or depends on another node.

    Example:
        >>> from keras_gt.testing import random_graph_inputs
        >>> def double(inputs):
        ...     return 2 * inputs["node_features"]
        >>> assert_isolated_node(double, random_graph_inputs())
    """
    inputs = complete(inputs)
    touched = (inputs["senders"] == node) | (inputs["receivers"] == node)
    alone = {**inputs, "edge_mask": inputs["edge_mask"] & ~touched}
    alone, _ = replan(alone, has_plan(inputs))
    expected, found = evaluate_each(function, (alone, _others_changed(alone, node, seed)))
    assert_close(found[0][:, node], expected[0][:, node], tolerance, name="isolated node")


def assert_single_node(function, inputs, *, output="node", tolerance=1e-5):
    """Asserts that a graph of one node gives what that node gives alone in a padded row.

    Args:
        function: of the batch arrays, see `keras_gt.testing`.
        inputs: dictionary of batch arrays; its first node is used.
        output: "node" or "graph", what the function returns.
        tolerance: float, see `assert_close`.

    Raises:
        AssertionError: if the results differ or are not finite.

    Example:
        >>> from keras_gt.testing import random_graph_inputs
        >>> def double(inputs):
        ...     return 2 * inputs["node_features"]
        >>> assert_single_node(double, random_graph_inputs())
    """
    check_output(output)
    inputs = complete(inputs)
    planned = has_plan(inputs)
    inputs = {**inputs, "edge_mask": np.zeros_like(inputs["edge_mask"])}
    padded = {**inputs, "node_mask": np.zeros_like(inputs["node_mask"])}
    padded["node_mask"][:, 0] = True
    padded, _ = replan(padded, planned)
    single = {key: value[:, :1] for key, value in padded.items() if key in node_keys(padded)}
    single |= {key: value[:, :1, :1] for key, value in padded.items() if key in pair_keys(padded)}
    single, _ = replan({**_without_edges(padded), **single}, planned)
    expected, found = evaluate_rows(function, padded), evaluate(function, single)
    if output == "node":
        expected = (expected[0][:, :1],)
    compare_results(found[:1], expected[:1], single, output, tolerance, "single node")


def _without_edges(inputs):
    empty = {key: value[:, :0] for key, value in inputs.items() if key in edge_keys(inputs)}
    return {**inputs, **empty}


def _others_changed(inputs, node, seed):
    """Other float node features everywhere but at the node."""
    rng, changed = np.random.default_rng([seed, 1]), dict(inputs)
    for key in node_keys(inputs):
        value = inputs[key]
        if value.dtype.kind == "f":
            changed[key] = rng.normal(size=value.shape).astype(value.dtype)
            changed[key][:, node] = value[:, node]
    return changed
