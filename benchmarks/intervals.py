"""What a handful of seeds say: means and differences with their 95 % confidence intervals."""

import numpy as np
from scipy import stats


def mean_interval(values, level=0.95):
    """Student's interval of a mean over runs.

    Args:
        values: sequence of at least two floats, one a run.
        level: float between 0 and 1.

    Returns:
        Dict of `"mean"`, `"low"`, `"high"`, floats, and `"runs"`, the values.
    """
    values = np.asarray(values, "float64")
    if values.ndim != 1 or len(values) < 2:
        raise ValueError(
            "values must be at least two numbers. Run more seeds. "
            f"Received: values of shape {values.shape}"
        )
    half = stats.t.ppf((1 + level) / 2, len(values) - 1) * stats.sem(values)
    mean = values.mean()
    return {
        "mean": float(mean),
        "low": float(mean - half),
        "high": float(mean + half),
        "runs": values.tolist(),
    }


def difference(first, second, level=0.95):
    """The paired difference of two settings over the same seeds, and what it lets one say.

    Args:
        first: sequence of floats, one a seed.
        second: sequence of floats, of the same seeds in the same order.
        level: float between 0 and 1.

    Returns:
        As `mean_interval` of `first - second`, and `"verdict"`: `"higher"` or `"lower"` where the
        interval leaves 0 out, else `"inconclusive"`.
    """
    if len(first) != len(second):
        raise ValueError(
            "first and second must have one value for each seed. "
            f"Received: {len(first)} and {len(second)} values"
        )
    result = mean_interval(np.asarray(first, "float64") - np.asarray(second, "float64"), level)
    verdict = "higher" if result["low"] > 0 else "lower" if result["high"] < 0 else "inconclusive"
    return {**result, "verdict": verdict}
