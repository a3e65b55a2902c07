"""The plan of an edge list: what the fast paths read, computed once in NumPy."""

import numpy as np

from keras_gt.graph.validation import as_indices


def plan_edges(senders, receivers, edge_mask=None, *, num_nodes, num_senders=None):
    """Sort edges by receiver and compute where each node's edges start.

    Masked edges go last and onto the last node, so receivers stay sorted and every edge of a row
    belongs to exactly one node. Sorting keeps the order of edges with the same receiver.

    Args:
        senders: (E,) or (B, E) integers, the node each edge comes from.
        receivers: (E,) or (B, E) integers, the node each edge goes to.
        edge_mask: bool array of the same shape, True is a real edge; all real when not given.
        num_nodes: int, number N of receiving nodes in a row, padding included.
        num_senders: int, number M of sending nodes in a row; `num_nodes` when not given.

    Returns:
        Dictionary of arrays, each with the leading axis B if the edges have it:
        `senders`, `receivers` (B, E) int32 and `edge_mask` (B, E) bool, sorted;
        `receiver_offsets` (B, N+1) and `sender_offsets` (B, M+1) int32: the edges of node n are
        those from `offsets[n]` to `offsets[n + 1]` in receiver order, or in sender order;
        `sender_order` (B, E) int32: the sorted edges in sender order;
        `order` (B, E) int32: the given position of each sorted edge, to sort edge arrays with.

    Raises:
        ValueError: if shapes differ, or an index is no integer or out of range.

    Example:

    >>> from keras_gt.graph import plan_edges
    >>> plan = plan_edges([0, 2, 1], [1, 0, 0], num_nodes=3)
    >>> plan["senders"].tolist(), plan["receivers"].tolist(), plan["receiver_offsets"].tolist()
    ([2, 1, 0], [0, 0, 1], [0, 2, 3, 3])
    """
    senders, receivers = as_indices("senders", senders), as_indices("receivers", receivers)
    num_senders = num_nodes if num_senders is None else num_senders
    mask = np.ones(senders.shape, bool) if edge_mask is None else np.asarray(edge_mask, bool)
    if senders.ndim not in (1, 2) or not senders.shape == receivers.shape == mask.shape:
        raise ValueError(
            "senders, receivers and edge_mask must have one shape, (E,) or (B, E). Give one entry "
            f"an edge. Received: shapes {senders.shape}, {receivers.shape}, {mask.shape}"
        )
    single = senders.ndim == 1
    senders, receivers, mask = (np.atleast_2d(a) for a in (senders, receivers, mask))
    _check_range("senders", senders[mask], num_senders)
    _check_range("receivers", receivers[mask], num_nodes)

    order = np.argsort(np.where(mask, receivers, num_nodes), axis=1, kind="stable")  # (B, E)
    mask = np.take_along_axis(mask, order, axis=1)
    senders = np.where(mask, np.take_along_axis(senders, order, axis=1), num_senders - 1)
    receivers = np.where(mask, np.take_along_axis(receivers, order, axis=1), num_nodes - 1)
    plan = {
        "senders": senders.astype(np.int32),
        "receivers": receivers.astype(np.int32),
        "edge_mask": mask,
        "receiver_offsets": count_offsets(receivers, num_nodes),
        "sender_offsets": count_offsets(senders, num_senders),
        "sender_order": np.argsort(senders, axis=1, kind="stable").astype(np.int32),
        "order": order.astype(np.int32),
    }
    return {name: array[0] for name, array in plan.items()} if single else plan


def count_offsets(index, size):
    """Where each node's edges start once they are sorted.

    Args:
        index: (B, E) integers in 0..size-1.
        size: int, number of nodes in a row.

    Returns:
        (B, size + 1) int32 array.
    """
    num_rows = index.shape[0]
    flat = (index + np.arange(num_rows)[:, None] * size).ravel()
    counts = np.bincount(flat, minlength=num_rows * size).reshape(num_rows, size)
    offsets = np.zeros((num_rows, size + 1), np.int32)
    np.cumsum(counts, axis=1, out=offsets[:, 1:])
    return offsets


def _check_range(name, index, size):
    if index.size and (index.min() < 0 or index.max() >= size):
        raise ValueError(
            f"{name} must lie in 0..{size - 1}. Mask padding edges or renumber the nodes. "
            f"Received: {name} between {index.min()} and {index.max()}"
        )
