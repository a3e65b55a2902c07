"""Edges between nodes whose features point the same way: the Reformer's hashed attention."""

import numpy as np

from keras_gt.graph.builders.by_receiver import check_at_least, places, sort_edges


def hash_buckets(features, num_buckets, num_rounds=1, rotations=None, seed=0):
    """Hashes vectors by their direction: of the directions R and -R, the nearest one's number.

    In each round the bucket of x is argmax [x R; -x R], so that vectors at a small angle are
    likely to share it, whatever their lengths.

    Args:
        features: (N, D) floats.
        num_buckets: int b, even, or 1 for a single bucket.
        num_rounds: int, independent hashes.
        rotations: (D, num_rounds, b / 2) floats, R of each round; drawn from a normal distribution
            by default.
        seed: int, of the rotations that are drawn.

    Returns:
        (num_rounds, N) int64 array of bucket numbers 0..b-1.

    Raises:
        ValueError: if shapes or numbers do not fit.

    Example:

    >>> import numpy as np
    >>> from keras_gt.graph import builders
    >>> rotations = np.eye(2)[:, None]  # one round, two directions and their opposites
    >>> builders.hash_buckets([[3, 1], [-5, 4], [1, -2]], 4, rotations=rotations).tolist()
    [[0, 2, 3]]

    Reference:
        Andoni et al., Practical and Optimal LSH for Angular Distance, 2015,
        https://arxiv.org/abs/1509.02897.
    """
    features = np.asarray(features)
    if features.ndim != 2 or not np.isfinite(features).all():
        raise ValueError(
            "features must be a matrix of finite numbers, one row a node. "
            f"Received: features with shape {features.shape}"
        )
    check_at_least("num_buckets", num_buckets, 1)
    check_at_least("num_rounds", num_rounds, 1)
    if num_buckets == 1:
        return np.zeros((num_rounds, features.shape[0]), np.int64)
    if num_buckets % 2:
        raise ValueError(
            "num_buckets must be 1 or even, because each direction has an opposite. "
            f"Received: num_buckets={num_buckets}"
        )
    shape = (features.shape[1], num_rounds, num_buckets // 2)
    if rotations is None:
        rotations = np.random.default_rng(seed).normal(size=shape)
    rotations = np.asarray(rotations)
    if rotations.shape != shape:
        raise ValueError(
            f"rotations must have the shape {shape}: features, rounds, half the buckets. "
            f"Received: rotations with shape {rotations.shape}"
        )
    rotated = np.tensordot(features, rotations, axes=1)  # (N, rounds, b / 2)
    return np.argmax(np.concatenate([rotated, -rotated], axis=2), axis=2).T


def lsh_buckets(features, num_buckets, num_rounds=1, *, causal=False, rotations=None, seed=0):
    """Each node reads the others of its bucket, in any of several rounds of hashing.

    Attention whose queries and keys are the same vectors gives the largest weights to vectors at
    a small angle; `hash_buckets` finds them without comparing all pairs. As in the paper, a node
    reads itself only where it would else read nobody: its own score would outshine the others.
    With one bucket these are the edges of full shared-query-key attention. A pair that meets in
    several rounds gets one edge. The authors then cut the sorted buckets into chunks of equal size
    and drop what lies more than a chunk apart; here buckets are whole.

    The edges depend on the features, so they are built anew where those change: for a layer of a
    trained model, from the queries that it computes.

    Args:
        features: (N, D) floats, in the order of the sequence.
        num_buckets: int, even, or 1.
        num_rounds: int, independent hashes; more of them miss fewer near pairs.
        causal: bool, whether nodes read earlier nodes only.
        rotations: (D, num_rounds, num_buckets / 2) floats, see `hash_buckets`.
        seed: int, of the rotations that are drawn where none are given.

    Returns:
        Pair of int32 arrays, senders and receivers, sorted by receiver, then by sender.

    Raises:
        ValueError: if shapes or numbers do not fit.

    Example:

    >>> import numpy as np
    >>> from keras_gt.graph import builders
    >>> rotations = np.eye(2)[:, None]
    >>> features = [[3, 1], [-5, 4], [1, -2], [2, 0]]
    >>> senders, receivers = builders.lsh_buckets(features, 4, rotations=rotations)
    >>> senders.tolist(), receivers.tolist()  # 0 and 3 share a bucket, 1 and 2 are alone
    ([3, 1, 2, 0], [0, 1, 2, 3])

    Reference:
        Kitaev, Kaiser and Levskaya, Reformer: The Efficient Transformer, 2020,
        https://arxiv.org/abs/2001.04451, section 2.
    """
    buckets = hash_buckets(features, num_buckets, num_rounds, rotations, seed)
    num_nodes = buckets.shape[1]
    pairs = [_pairs_within(row, causal) for row in buckets]
    senders, receivers = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    other = senders != receivers
    senders, receivers = senders[other], receivers[other]
    alone = np.flatnonzero(np.bincount(receivers, minlength=num_nodes) == 0)
    return sort_edges(
        np.concatenate([senders, alone]), np.concatenate([receivers, alone]), num_nodes
    )


def _pairs_within(buckets, causal):
    """All (senders, receivers) of equal buckets; with `causal` those where senders come first."""
    order = np.argsort(buckets, kind="stable")  # bucket by bucket, in the order of the sequence
    sizes = np.bincount(buckets)
    starts = np.repeat(np.cumsum(sizes) - sizes, sizes)  # of each sorted node's bucket
    counts = np.arange(order.size) - starts + 1 if causal else np.repeat(sizes, sizes)
    receivers, place = places(counts)
    return order[starts[receivers] + place], order[receivers]
