"""How results are compared: by the largest difference, relative to the largest value."""

import keras
import numpy as np

from keras_gt.testing.batch_arrays import stack_rows


def evaluate(function, inputs):
    """The results of the function as a tuple of NumPy arrays."""
    results = function(inputs)
    results = results if isinstance(results, (tuple, list)) else (results,)
    return tuple(keras.ops.convert_to_numpy(result).astype("float64") for result in results)


def evaluate_rows(function, inputs):
    """The function's results, from a call with as many rows as `evaluate_each` has for a pair.

    A function that is compiled for each shape is so compiled once for both.
    """
    return evaluate_each(function, (inputs, inputs))[0]


def evaluate_each(function, batches):
    """The function's results for several batches of one shape, from a single call."""
    results = evaluate(function, stack_rows(*batches))
    parts = [np.split(result, len(batches)) for result in results]
    return list(zip(*parts, strict=True))


def assert_close(found, expected, tolerance=1e-5, where=None, name="result"):
    """Asserts that max|found - expected| <= tolerance * max(1, max|expected|), and no NaN.

    Args:
        found: array.
        expected: array of the same shape.
        tolerance: float.
        where: bool array with leading axes of found, the entries to compare; None is all.
        name: str, begins the message.

    Raises:
        AssertionError: if they differ, or nothing is compared.

    Example:
        >>> assert_close([1.0, 2.0], [1.0, 2.0 + 1e-7])
        >>> assert_close([1.0, 2.0], [1.0, 2.5], name="scores")
        Traceback (most recent call last):
        AssertionError: scores: differs by 0.2 of the scale, above 1e-05
    """
    found = np.asarray(keras.ops.convert_to_numpy(found), "float64")
    expected = np.asarray(keras.ops.convert_to_numpy(expected), "float64")
    assert found.shape == expected.shape, f"{name}: shape {found.shape}, not {expected.shape}"
    if where is not None:
        found, expected = found[where], expected[where]
    assert found.size, f"{name}: nothing to compare"
    assert np.isfinite(found).all(), f"{name}: {np.sum(~np.isfinite(found))} values are not finite"
    scale = max(1.0, np.abs(expected).max())
    worst = np.abs(found - expected).max() / scale
    assert worst <= tolerance, f"{name}: differs by {worst:.3g} of the scale, above {tolerance:.3g}"


def compare_results(found, expected, inputs, output, tolerance, name):
    """Compares what is real: node rows, then edge rows, or graph rows."""
    check_output(output)
    if output == "graph":
        mask = inputs.get("graph_mask")
        assert_close(found[0], expected[0], tolerance, mask, f"{name}, graphs")
        return
    assert_close(found[0], expected[0], tolerance, inputs["node_mask"], f"{name}, nodes")
    if len(found) > 1:
        assert_close(found[1], expected[1], tolerance, inputs["edge_mask"], f"{name}, edges")


def check_output(output):
    """Raises where the kind of output is not known."""
    if output not in ("node", "graph"):
        raise ValueError(
            "output must be 'node' or 'graph'. Say what the function returns. Received: "
            f"output={output!r}"
        )
