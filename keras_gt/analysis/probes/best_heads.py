import numpy as np

from keras_gt.analysis.probes.bootstrap_interval import bootstrap_interval
from keras_gt.analysis.probes.relation_hits import DIRECTIONS


def best_heads(dev, test, min_count=20, level=0.95, resamples=2000, seed=0):
    """The best head of each relation, chosen on one part of the sentences and scored on another.

    The best fixed offset, chosen the same way, stands beside it: many relations are next to each
    other anyway. Intervals are drawn over the test sentences.

    Args:
        dev: `relation_hits` of the sentences to choose on.
        test: `relation_hits` of the sentences to score, with the same relations.
        min_count: int, how often a relation must occur in either part.
        level: float, of the intervals.
        resamples: int, of the bootstrap.
        seed: int.

    Returns:
        List of one record a relation that occurs often enough: `relation`, `direction`, `layer`
        and `head` from 0, `dev_accuracy`, `accuracy` and its `interval` on test, `offset`,
        `offset_accuracy`, the `gain` over it and its `gain_interval`, `count` on test.

    Raises:
        ValueError: if the two parts are of different relations.

    Example:
        >>> import numpy as np
        >>> from keras_gt.analysis import probes
        >>> attention = np.array([[[[0.1, 0.9], [0.4, 0.6]]]])
        >>> hits = probes.relation_hits([(attention, [1, -1], ["det", "root"])], ["det"])
        >>> (row,) = probes.best_heads(hits, hits, min_count=1)
        >>> row["relation"], row["accuracy"], row["offset"], row["gain"]
        ('det', 1.0, 1, 0.0)
    """
    if dev["relations"] != test["relations"]:
        raise ValueError(
            "dev and test must count the same relations. Give relation_hits one list. Received: "
            f"{dev['relations']} and {test['relations']}"
        )
    options = {"level": level, "resamples": resamples, "seed": seed}
    rows = []
    for place, relation in enumerate(dev["relations"]):
        count, totals = dev["totals"][:, place].sum(), test["totals"][:, place]
        if min(count, totals.sum()) < min_count:
            continue
        chosen = dev["heads"][:, place].sum(axis=0)  # (2, L, H)
        direction, layer, head = np.unravel_index(chosen.argmax(), chosen.shape)
        step = dev["offsets"][:, place].sum(axis=0).argmax()
        hits = test["heads"][:, place, direction, layer, head]
        offset_hits = test["offsets"][:, place, step]
        accuracy, offset_accuracy = hits.sum() / totals.sum(), offset_hits.sum() / totals.sum()
        rows.append(
            {
                "relation": relation,
                "direction": DIRECTIONS[direction],
                "layer": int(layer),
                "head": int(head),
                "dev_accuracy": float(chosen.max() / count),
                "accuracy": float(accuracy),
                "interval": bootstrap_interval(hits, totals, **options),
                "offset": int(dev["steps"][step]),
                "offset_accuracy": float(offset_accuracy),
                "gain": float(accuracy - offset_accuracy),
                "gain_interval": bootstrap_interval(hits - offset_hits, totals, **options),
                "count": int(totals.sum()),
            }
        )
    return rows
