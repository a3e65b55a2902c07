"""A window, hub nodes and random edges: the sparse attention of BigBird."""

import numpy as np

from keras_gt.graph.builders.by_receiver import check_at_least, sort_edges
from keras_gt.graph.builders.sequences import window_hub


def random_window_hub(num_nodes, size, num_random, hubs=1, seed=0):
    """The edges of `window_hub`, and `num_random` further senders for each node, drawn at random.

    The window keeps what is near, the hubs see everything, and the random edges shorten the paths
    that pass through no hub. Where there are hubs, the authors prove, a stack of layers
    approximates whatever full attention does. A node's random senders are distinct and outside its
    window and the hubs; nodes that have fewer of those read all. Hubs draw none, they read
    everyone. The authors draw whole blocks of places instead of single ones, for speed.

    Args:
        num_nodes: int n, hubs included.
        size: int, places to either side that the nodes read, at least 0.
        num_random: int, random senders of a node, at least 0.
        hubs: int, how many of the first nodes are hubs, between 1 and n.
        seed: int; the same seed gives the same edges.

    Returns:
        Pair of int32 arrays, senders and receivers, sorted by receiver, then by sender.

    Raises:
        ValueError: if an argument is out of range.

    Example:

    >>> from keras_gt.graph import builders
    >>> senders, receivers = builders.random_window_hub(100, size=2, num_random=3)
    >>> int((receivers == 50).sum())  # a hub, 5 places of the window, 3 random ones
    9

    Reference:
        Zaheer et al., Big Bird: Transformers for Longer Sequences, 2020,
        https://arxiv.org/abs/2007.14062, section 2.
    """
    check_at_least("num_random", num_random, 0)
    senders, receivers = window_hub(num_nodes, size, hubs)
    nodes = np.arange(hubs, num_nodes)
    low = np.maximum(nodes - size, hubs)  # the window
    high = np.minimum(nodes + size, num_nodes - 1)
    before = low - hubs  # candidates before the window
    ranks = _draw(before + num_nodes - 1 - high, num_random, np.random.default_rng(seed))
    picked = np.where(ranks < before[:, None], ranks + hubs, ranks + (high + 1 - before)[:, None])
    drawn = ranks >= 0
    return sort_edges(
        np.concatenate([senders, picked[drawn]]),
        np.concatenate([receivers, np.broadcast_to(nodes[:, None], ranks.shape)[drawn]]),
        num_nodes,
    )


def _draw(sizes, count, rng):
    """For each size m, `count` different numbers below m; -1 fills the rest where m is smaller.

    Floyd's method, for all sizes at once: the t-th number is drawn below m - count + t + 1 and,
    where it is taken, replaced by m - count + t, which cannot be.
    """
    counts = np.minimum(sizes, count)
    drawn = np.full((sizes.size, count), -1)
    for step in range(count):
        last = np.maximum(sizes - counts + step, 0)
        number = rng.integers(0, last + 1)
        taken = (drawn == number[:, None]).any(axis=1)
        drawn[:, step] = np.where(step < counts, np.where(taken, last, number), -1)
    return drawn
