import numpy as np


def area_under_roc(labels, scores):
    """The exact area under the ROC curve, of one part once: what `RocAuc` gives batch by batch.

    Args:
        labels: array (S,) of 0 and 1.
        scores: array (S,), probabilities or logits.

    Returns:
        float, the share of (positive, negative) pairs in order, a tie counting one half; NaN
        where a class is missing or a score is NaN.

    Example:
        >>> import numpy as np
        >>> area_under_roc(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8]))
        0.75
    """
    negative, positive = np.sort(scores[labels == 0]), scores[labels == 1]
    if not len(negative) or not len(positive) or np.isnan(scores).any():
        return float("nan")
    below = [np.searchsorted(negative, positive, side) for side in ("left", "right")]
    return float(np.mean(below) / len(negative))
