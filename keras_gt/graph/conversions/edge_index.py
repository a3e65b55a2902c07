"""Graphs from and to a (2, E) edge index."""

import numpy as np

ORDERS = ("source_to_target", "target_to_source")


def split_edge_index(edge_index, order):
    """Senders and receivers of an edge index.

    Args:
        edge_index: (2, E) integers.
        order: see `Graph.from_edge_index`.

    Returns:
        Pair of (E,) arrays, senders and receivers.

    Raises:
        ValueError: if the shape or the order is another.
    """
    check_order(order)
    edge_index = np.asarray(edge_index)
    if edge_index.ndim != 2 or edge_index.shape[0] != 2:
        raise ValueError(
            "edge_index must have the shape (2, E). Transpose a list of pairs with .T. "
            f"Received: edge_index with shape {edge_index.shape}"
        )
    return tuple(edge_index if order == "source_to_target" else edge_index[::-1])


def check_order(order):
    """Raise a ValueError unless the order is a known one."""
    if order not in ORDERS:
        raise ValueError(
            f"order must be one of {ORDERS}. Say whether the first row holds where a message comes "
            f"from or where it goes. Received: order={order!r}"
        )


def highest_node(senders, receivers):
    """Number of nodes when the highest index is the last node."""
    ends = np.concatenate([np.asarray(senders), np.asarray(receivers)])
    if ends.size == 0:
        raise ValueError(
            "num_nodes must be given for a graph without edges and node features. "
            "Received: num_nodes=None"
        )
    return int(ends.max()) + 1
