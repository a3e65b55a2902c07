"""Edge lists put together receiver by receiver, without a loop over nodes."""

import numpy as np


def places(counts):
    """Numbers the edges of each receiver.

    Args:
        counts: (N,) integers, edges of each receiver.

    Returns:
        Pair of (E,) arrays: the receiver of each edge, and its place 0, 1, ... among the edges of
        that receiver.
    """
    receivers = np.repeat(np.arange(counts.size), counts)
    return receivers, np.arange(receivers.size) - (np.cumsum(counts) - counts)[receivers]


def intervals(low, high):
    """Edges from each node of low[i]..high[i] to node i; none where high[i] is low[i] - 1.

    Args:
        low: (N,) integers.
        high: (N,) integers.

    Returns:
        Pair of int32 arrays, senders and receivers.
    """
    receivers, place = places(high - low + 1)
    return (low[receivers] + place).astype(np.int32), receivers.astype(np.int32)


def sort_edges(senders, receivers, num_nodes):
    """Sorts edges by receiver, then by sender, and drops those that are there already.

    Args:
        senders: (E,) integers.
        receivers: (E,) integers.
        num_nodes: int, more than any of them.

    Returns:
        Pair of int32 arrays, senders and receivers.
    """
    keys = np.sort(receivers.astype(np.int64) * num_nodes + senders)
    keys = keys[np.diff(keys, prepend=-1) > 0]
    receivers = keys // num_nodes
    return (keys - receivers * num_nodes).astype(np.int32), receivers.astype(np.int32)


def check_at_least(name, value, least):
    """Raises the named error where the value is below the least."""
    if value < least:
        raise ValueError(f"{name} must be at least {least}. Received: {name}={value}")
