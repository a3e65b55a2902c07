"""Padding and the other rows of a batch are nobody's neighbours."""

import numpy as np

from keras_gt.testing.batch_arrays import (
    add_padding,
    complete,
    edge_keys,
    has_plan,
    node_keys,
    pair_keys,
    replan,
)
from keras_gt.testing.comparison import (
    check_output,
    compare_results,
    evaluate,
    evaluate_each,
    evaluate_rows,
)

_FIXED = ("node_mask", "edge_mask", "senders", "receivers", "graph_ids")


def assert_padding_invariance(
    function, inputs, *, output="node", more=(2, 6), tolerance=1e-5, seed=0
):
    """Asserts that neither the contents nor the amount of padding reach what is real.

    Args:
        function: of the batch arrays, see `keras_gt.testing`.
        inputs: dictionary of batch arrays with some masked nodes and edges.
        output: "node" or "graph", what the function returns.
        more: (int, int), masked nodes and edges to add.
        tolerance: float, see `assert_close`.
        seed: int, of the junk that is put under the masks.

    Raises:
        AssertionError: if padding matters.

    Example:
        >>> from keras_gt.testing import random_graph_inputs
        >>> def double(inputs):
        ...     return 2 * inputs["node_features"]
        >>> assert_padding_invariance(double, random_graph_inputs())
    """
    inputs, rng = complete(inputs), np.random.default_rng([seed, 1])
    planned = has_plan(inputs)
    inputs, _ = replan(inputs, planned)
    expected, found = evaluate_each(function, (inputs, _with_junk(inputs, rng)))
    compare_results(found, expected, inputs, output, tolerance, "junk under the masks")
    wider, _ = replan(_with_junk(add_padding(inputs, *more), rng), planned)
    found = evaluate(function, wider)
    if output == "node":
        sizes = (inputs["node_mask"].shape[1], inputs["edge_mask"].shape[1])
        found = tuple(result[:, :size] for result, size in zip(found, sizes, strict=False))
    compare_results(found, expected, inputs, output, tolerance, "more padding")


def assert_batch_equals_rows(function, inputs, *, output="node", tolerance=1e-5):
    """Asserts that each row of a batch gives what it gives alone.

    Args:
        function: of the batch arrays, see `keras_gt.testing`.
        inputs: dictionary of batch arrays with two rows or more.
        output: "node" or "graph", what the function returns.
        tolerance: float, see `assert_close`.

    Raises:
        AssertionError: if rows see each other.

    Example:
        >>> from keras_gt.testing import random_graph_inputs
        >>> def double(inputs):
        ...     return 2 * inputs["node_features"]
        >>> assert_batch_equals_rows(double, random_graph_inputs())
    """
    check_output(output)
    inputs = complete(inputs)
    rows = inputs["node_mask"].shape[0]
    expected = evaluate_rows(function, inputs)
    for row in range(rows):
        alone = {key: value[row : row + 1] for key, value in inputs.items()}
        part = tuple(result[row : row + 1] for result in expected)
        found = evaluate(function, alone)
        compare_results(found, part, alone, output, tolerance, f"row {row} alone")


def _with_junk(inputs, rng):
    """The same arrays with other values wherever a mask is false."""
    changed = dict(inputs)
    groups = ((node_keys(inputs), "node_mask"), (edge_keys(inputs), "edge_mask"))
    for keys, mask in groups:
        for key in keys:
            if key in _FIXED:
                continue
            value = inputs[key]
            real = inputs[mask].reshape(inputs[mask].shape + (1,) * (value.ndim - 2))
            changed[key] = np.where(real, value, _junk(value, rng))
    for key in pair_keys(inputs):
        value, real = inputs[key], inputs["node_mask"]
        real = real[:, :, None] & real[:, None, :]
        real = real.reshape(real.shape + (1,) * (value.ndim - 3))
        changed[key] = np.where(real, value, _junk(value, rng))
    return changed


def _junk(value, rng):
    if value.dtype.kind == "f":
        return rng.normal(scale=100.0, size=value.shape).astype(value.dtype)
    junk = rng.integers(0, max(1, int(value.max(initial=0))) + 1, value.shape)
    return junk.astype(value.dtype)
