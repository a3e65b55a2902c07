"""Settings beside a reference over the same seeds: means, differences and spreads."""

import numpy as np
from scipy import stats

from benchmarks.intervals import difference, mean_interval


def by_seed(runs, metric, settings):
    """The metric of the runs of exactly these settings, a dict from seed to float."""
    return {run["seed"]: run[metric] for run in runs if run["settings"] == settings}


def compare(runs, metric, settings, reference, facts=("parameters",)):
    """Each setting by itself and against the reference, over the seeds that both have.

    Args:
        runs: list of runs of a `RunTable`.
        metric: str, a key of their results.
        settings: list of settings; those with less than two runs are left out.
        reference: one setting.
        facts: names of results that are the same for all seeds of a setting.

    Returns:
        List of dicts: `settings`; `mean`, `low`, `high` and `runs` as of `mean_interval`; `std`
        and `worst` over the seeds; each of the facts, None where the runs lack it; and
        `difference`, the paired difference from the reference, or None for the reference itself
        and where fewer than two seeds are common.
    """
    base = by_seed(runs, metric, reference)
    rows = []
    for setting in settings:
        found = by_seed(runs, metric, setting)
        if len(found) < 2:
            continue
        values = [found[seed] for seed in sorted(found)]
        common = sorted(set(found) & set(base))
        pair = None
        if setting != reference and len(common) > 1:
            pair = difference([found[seed] for seed in common], [base[seed] for seed in common])
        run = next(run for run in runs if run["settings"] == setting)
        rows.append(
            {
                "settings": setting,
                **mean_interval(values),
                "std": float(np.std(values, ddof=1)),
                "worst": min(values),
                **{fact: run.get(fact) for fact in facts},
                "difference": pair,
            }
        )
    return rows


def spread_ratio(first, second, level=0.95):
    """How many times as far apart the first runs lie as the second, with the interval of F.

    The interval takes runs to be normal and independent, so with a handful of seeds it is wide.

    Args:
        first: sequence of at least two floats, not all the same.
        second: the same.
        level: float between 0 and 1.

    Returns:
        Dict of `"ratio"` of the standard deviations, its `"low"` and `"high"`, and `"verdict"`:
        `"wider"` or `"narrower"` where the interval leaves 1 out, else `"inconclusive"`.
    """
    ratio = np.var(first, ddof=1) / np.var(second, ddof=1)
    degrees = len(first) - 1, len(second) - 1
    low = ratio / stats.f.ppf((1 + level) / 2, *degrees)
    high = ratio / stats.f.ppf((1 - level) / 2, *degrees)
    verdict = "wider" if low > 1 else "narrower" if high < 1 else "inconclusive"
    low, ratio, high = (float(value**0.5) for value in (low, ratio, high))
    return {"ratio": ratio, "low": low, "high": high, "verdict": verdict}
