import numpy as np

from keras_gt.analysis.probes.bootstrap_interval import bootstrap_interval


def best_tree(dev, test, level=0.95, resamples=2000, seed=0):
    """The head whose spanning trees are most like the syntax: chosen on dev, scored on test.

    Args:
        dev: `tree_hits` of the sentences to choose on.
        test: `tree_hits` of the sentences to score.
        level: float, of the intervals.
        resamples: int, of the bootstrap.
        seed: int.

    Returns:
        Record of `layer` and `head` from 0, `dev_score`, the undirected unlabelled attachment
        `score` and its `interval` on test, `chain_score` of the chain of neighbours, the `gain`
        over it and its `gain_interval`, and `count`, the edges of the test trees.

    Example:
        >>> import numpy as np
        >>> from keras_gt.analysis import probes
        >>> attention = np.array([[[[0, 0.1, 0.9], [0, 0, 1], [0.5, 0.5, 0]]]])
        >>> hits = probes.tree_hits([(attention, [2, 2, -1], ["det", "amod", "root"])])
        >>> row = probes.best_tree(hits, hits)
        >>> row["score"], row["chain_score"]
        (1.0, 0.5)
    """
    options = {"level": level, "resamples": resamples, "seed": seed}
    chosen = dev["heads"].sum(axis=0)  # (L, H)
    layer, head = np.unravel_index(chosen.argmax(), chosen.shape)
    hits, totals, chain = test["heads"][:, layer, head], test["totals"], test["chain"]
    score, chain_score = hits.sum() / totals.sum(), chain.sum() / totals.sum()
    return {
        "layer": int(layer),
        "head": int(head),
        "dev_score": float(chosen.max() / dev["totals"].sum()),
        "score": float(score),
        "interval": bootstrap_interval(hits, totals, **options),
        "chain_score": float(chain_score),
        "gain": float(score - chain_score),
        "gain_interval": bootstrap_interval(hits - chain, totals, **options),
        "count": int(totals.sum()),
    }
