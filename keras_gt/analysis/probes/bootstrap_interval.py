import numpy as np


def bootstrap_interval(hits, totals, level=0.95, resamples=2000, seed=0):
    """The interval of a share of hits, by drawing sentences anew.

    Args:
        hits: (S,) numbers, the hits of each sentence; of a difference between two ways, the
            difference of their hits.
        totals: (S,) numbers, how many there were in each.
        level: float, the share of draws inside.
        resamples: int, how often S sentences are drawn with replacement.
        seed: int.

    Returns:
        (low, high), two floats.

    Raises:
        ValueError: if there is nothing to hit.

    Example:
        >>> from keras_gt.analysis import probes
        >>> probes.bootstrap_interval([1, 1, 1], [2, 2, 2])
        (0.5, 0.5)
    """
    hits, totals = np.asarray(hits, float), np.asarray(totals, float)
    present = totals > 0
    if not present.any():
        raise ValueError("totals must not be all 0. Give sentences that have some. Received: 0")
    hits, totals = hits[present], totals[present]
    generator = np.random.default_rng(seed)
    share = np.full(len(totals), 1 / len(totals))
    counts = generator.multinomial(len(totals), share, size=resamples)  # (R, S)
    shares = (counts @ hits) / (counts @ totals)
    low, high = np.quantile(shares, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
