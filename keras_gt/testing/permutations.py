"""A graph has no first node and no first edge."""

import numpy as np

from keras_gt.testing.batch_arrays import along, complete, has_plan, permute_nodes, replan
from keras_gt.testing.comparison import check_output, compare_results, evaluate_each


def assert_node_permutation_equivariance(
    function, inputs, *, output="node", tolerance=1e-5, seed=0
):
    """Asserts that renumbering the nodes renumbers node features and leaves graph features.

    Args:
        function: of the batch arrays, see `keras_gt.testing`.
        inputs: dictionary of batch arrays.
        output: "node" or "graph", what the function returns.
        tolerance: float, see `assert_close`.
        seed: int, of the permutation.

    Raises:
        AssertionError: if the function depends on the numbering.

    Example:
        >>> from keras_gt.testing import random_graph_inputs
        >>> def double(inputs):
        ...     return 2 * inputs["node_features"]
        >>> assert_node_permutation_equivariance(double, random_graph_inputs())
    """
    inputs, rng = complete(inputs), np.random.default_rng([seed, 1])
    order = _shuffled(inputs["node_mask"].shape, rng)
    permuted, edge_order = replan(permute_nodes(inputs, order), has_plan(inputs))
    expected, found = evaluate_each(function, (inputs, permuted))
    expected = _reorder(expected, output, order, edge_order)
    compare_results(found, expected, permuted, output, tolerance, "renumbered nodes")


def assert_edge_order_invariance(function, inputs, *, output="node", tolerance=1e-5, seed=0):
    """Asserts that the order of the edges does not matter (edge features follow their edges).

    With a plan, edges stay sorted by receiver and are shuffled among those of one receiver.

    Args:
        function: of the batch arrays, see `keras_gt.testing`.
        inputs: dictionary of batch arrays.
        output: "node" or "graph", what the function returns.
        tolerance: float, see `assert_close`.
        seed: int, of the permutation.

    Raises:
        AssertionError: if the function depends on the order.

    Example:
        >>> from keras_gt.testing import random_graph_inputs
        >>> def double(inputs):
        ...     return 2 * inputs["node_features"]
        >>> assert_edge_order_invariance(double, random_graph_inputs())
    """
    inputs, rng = complete(inputs), np.random.default_rng([seed, 1])
    order = _shuffled(inputs["senders"].shape, rng)
    keys = ("senders", "receivers", "edge_mask", "edge_features", "edge_weights")
    shuffled = {key: along(inputs[key], order) for key in keys if key in inputs}
    shuffled, edge_order = replan({**inputs, **shuffled}, has_plan(inputs))
    expected, found = evaluate_each(function, (inputs, shuffled))
    nodes = _unchanged(inputs["node_mask"].shape)
    expected = _reorder(expected, output, nodes, along(order, edge_order))
    compare_results(found, expected, shuffled, output, tolerance, "reordered edges")


def _unchanged(shape):
    return np.tile(np.arange(shape[1]), (shape[0], 1))


def _shuffled(shape, rng):
    return rng.permuted(_unchanged(shape), axis=1)


def _reorder(results, output, node_order, edge_order):
    check_output(output)
    if output == "graph":
        return results
    orders = (node_order, edge_order)
    return tuple(along(result, order) for result, order in zip(results, orders, strict=False))
