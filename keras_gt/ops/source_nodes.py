"""Sources, nodes that all read and that read nobody, added to edges in whatever form they have."""

from keras import backend, ops


def read_sources(edges, edge_mask, num_receivers, num_senders, num_sources):
    """The edges, and one from each source to each receiver.

    Sources are numbered after the other senders: M, ..., M + S - 1. The given edges come first;
    then, receiver by receiver, those from its sources. A plan is left out: it knows only the given
    edges.

    Args:
        edges: None, a (B, N, M) adjacency or a dictionary, see `resolve_edges`.
        edge_mask: (B, E) or (B, N, M) bool, the mask of an `EdgeSet` of these edges, or None.
        num_receivers: int N.
        num_senders: int M.
        num_sources: int S.

    Returns:
        None, a (B, N, M + S) adjacency, or a dictionary of (B, E + N S) arrays.
    """
    if not isinstance(edges, dict):
        return _dense(edges, edge_mask, num_sources)
    rows = ops.shape(edges["senders"])[0]
    shape = (num_receivers, num_sources)
    sources = ops.arange(num_sources, dtype="int32")[None] + ops.cast(num_senders, "int32")
    receivers = ops.arange(num_receivers, dtype="int32")[:, None]
    added = {"senders": sources, "receivers": receivers}
    added = {key: _row(ops.broadcast_to(value, shape), rows) for key, value in added.items()}
    given = {key: ops.cast(edges[key], "int32") for key in added}
    for key, value in (("mask", edge_mask), ("weights", edges.get("weights"))):
        if value is not None:
            given[key] = value
            dtype = backend.standardize_dtype(value.dtype)
            added[key] = ops.ones_like(added["senders"], dtype=dtype)
    return {key: ops.concatenate([given[key], added[key]], axis=1) for key in given}


def pad_sources(values, axis, count):
    """Values of the edges with as many zeros after them, for the edges from sources.

    Args:
        values: edge features or a bias of the scores.
        axis: int, the axis of the edges, or of the senders where edges are dense.
        count: int, N S on an axis of edges, S on one of senders.

    Returns:
        The values, longer on that axis.
    """
    shape = list(ops.shape(values))
    shape[axis] = count
    return ops.concatenate([values, ops.zeros(shape, dtype=values.dtype)], axis=axis)


def _row(values, rows):
    """(N, S) as (B, N S)."""
    flat = ops.reshape(values, (1, -1))
    return ops.broadcast_to(flat, (rows, ops.shape(flat)[1]))


def _dense(edges, edge_mask, num_sources):
    if edge_mask is None:
        return None
    reads = edge_mask
    if edges is not None and backend.is_float_dtype(edges.dtype):
        reads = ops.where(edge_mask, edges, ops.zeros_like(edges))
    added = ops.ones((*ops.shape(reads)[:2], num_sources), dtype=reads.dtype)
    return ops.concatenate([reads, added], axis=2)
