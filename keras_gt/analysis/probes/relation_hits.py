import numpy as np

DIRECTIONS = ("dependent reads head", "head reads dependent")


def relation_hits(sentences, relations, max_offset=5):
    """How often each head's strongest attention, or a fixed offset, finds a word's relation.

    In each attention head a word points at the word other than itself that it reads most. Of a
    dependency between a word and its head, one direction asks whether the word points at its
    head, the other whether the head points at the word. The baseline of an offset k is right
    where the head stands k places after the word.

    Args:
        sentences: iterable of (attention, heads, relations): the (L, H, N, N) attention between
            the words of a sentence; (N,) integers, the head of each word and -1 for the root; N
            str, the relations to the heads.
        relations: list of R str, the relations to count.
        max_offset: int K, the largest offset to either side.

    Returns:
        Dictionary of integer arrays for S sentences: `totals` (S, R); `heads` (S, R, 2, L, H) in
        the two directions; `offsets` (S, R, 2 K) for the offsets -K..-1, 1..K. With it
        `relations`, the list.

    Raises:
        ValueError: if there are no sentences, or one does not fit together.

    Example:
        >>> import numpy as np
        >>> from keras_gt.analysis import probes
        >>> attention = np.array([[[[0.1, 0.9], [0.4, 0.6]]]])
        >>> hits = probes.relation_hits([(attention, [1, -1], ["det", "root"])], ["det"])
        >>> hits["totals"].tolist(), hits["heads"].reshape(-1).tolist()
        ([[1]], [1, 1])

    Reference:
        Clark et al., What Does BERT Look At?, 2019, https://arxiv.org/abs/1906.04341, section 4.2.
    """
    steps = np.array([*range(-max_offset, 0), *range(1, max_offset + 1)])
    number = {relation: place for place, relation in enumerate(relations)}
    totals, by_head, by_offset = [], [], []
    for attention, heads, names in sentences:
        attention, heads = check_sentence(attention, heads, names)
        pointed = _pointed(attention)  # (L, H, N)
        shape = (len(relations), 2, *attention.shape[:2])
        total, hit = np.zeros(len(relations), np.int32), np.zeros(shape, np.int32)
        offset = np.zeros((len(relations), len(steps)), np.int32)
        for word, (head, name) in enumerate(zip(heads, names, strict=True)):
            if head < 0 or name not in number:
                continue
            place = number[name]
            total[place] += 1
            hit[place, 0] += pointed[..., word] == head
            hit[place, 1] += pointed[..., head] == word
            offset[place] += steps == head - word
        totals.append(total)
        by_head.append(hit)
        by_offset.append(offset)
    if not totals:
        raise ValueError("sentences must not be empty. Give a sentence. Received: none")
    return {
        "totals": np.array(totals),
        "heads": np.array(by_head),
        "offsets": np.array(by_offset),
        "steps": steps,
        "relations": list(relations),
    }


def check_sentence(attention, heads, names):
    """The attention and the heads as arrays, checked against each other."""
    attention, heads = np.asarray(attention), np.asarray(heads)
    count = len(heads)
    if attention.ndim != 4 or attention.shape[2:] != (count, count) or len(names) != count:
        raise ValueError(
            "sentences must hold (L, H, N, N) attention for N heads and N relations. Bring the "
            f"attention to words by word_attention. Received: attention of shape "
            f"{attention.shape}, {count} heads, {len(names)} relations"
        )
    return attention, heads


def _pointed(attention):
    """(L, H, N), the word other than itself that each word reads most."""
    others = ~np.eye(attention.shape[-1], dtype=bool)
    return np.where(others, attention, -1).argmax(axis=-1)
