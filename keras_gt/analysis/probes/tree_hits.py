import numpy as np

from keras_gt.analysis.probes.relation_hits import check_sentence
from keras_gt.analysis.probes.spanning_tree import spanning_tree


def tree_hits(sentences, without=("punct",)):
    """How many edges of the dependency tree the spanning tree of each head has.

    Words of the relations `without`, and what depends on nothing, have no edge in the tree that
    is asked for; they are left out of the spanning tree as well. The chain of neighbours among
    the words that are left is the baseline.

    Args:
        sentences: iterable of (attention, heads, relations), as `relation_hits` takes them.
        without: relations of words that are left out, such as punctuation.

    Returns:
        Dictionary of integer arrays for S sentences: `totals` (S,), `heads` (S, L, H) and `chain`
        (S,). Sentences without an edge are left out.

    Raises:
        ValueError: if no sentence has an edge, or one does not fit together.

    Example:
        >>> import numpy as np
        >>> from keras_gt.analysis import probes
        >>> attention = np.array([[[[0, 0.1, 0.9], [0, 0, 1], [0.5, 0.5, 0]]]])
        >>> hits = probes.tree_hits([(attention, [2, 2, -1], ["det", "amod", "root"])])
        >>> hits["totals"].tolist(), hits["heads"].tolist(), hits["chain"].tolist()
        ([2], [[[2]]], [1])

    Reference:
        Hewitt and Manning, A Structural Probe for Finding Syntax in Word Representations, 2019,
        https://aclanthology.org/N19-1419, section 4.1: the undirected attachment score.
    """
    totals, by_head, chain = [], [], []
    for attention, heads, names in sentences:
        attention, heads = check_sentence(attention, heads, names)
        kept = np.array([name not in without for name in names], bool)
        place = np.cumsum(kept) - 1  # among the words that are left
        words = [word for word in np.flatnonzero(kept) if heads[word] >= 0 and kept[heads[word]]]
        gold = {tuple(sorted((place[word], place[heads[word]]))) for word in words}
        if not gold:
            continue
        part = attention[:, :, kept][..., kept]
        totals.append(len(gold))
        by_head.append(
            [[_shared(spanning_tree(matrix), gold) for matrix in layer] for layer in part]
        )
        steps = np.arange(kept.sum() - 1)
        chain.append(_shared(np.stack([steps, steps + 1], axis=1), gold))
    if not totals:
        raise ValueError("sentences must have an edge. Give longer ones. Received: no edge")
    return {"totals": np.array(totals), "heads": np.array(by_head), "chain": np.array(chain)}


def _shared(edges, gold):
    return len(set(map(tuple, edges.tolist())) & gold)
