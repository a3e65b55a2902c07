"""Sums of neighbours through gates that the edges carry: GatedGCN's, without norm and residual."""

from keras import ops

from keras_gt.ops import rows
from keras_gt.ops.sparse_edges import SparseEdges


def gated_sums(edge_set, receiver, sender, value, features, kernel, bias):
    """Sums of gated values and of the gates over each receiver's edges, and what makes the gates.

        e_ij = features_ij kernel + bias + sender_j + receiver_i
        sum_j sigmoid(e_ij) * value_j,   sum_j sigmoid(e_ij),   e_ij

    Args:
        edge_set: the edges, of `resolve_edges`.
        receiver: (B, N, D) tensor of the receivers.
        sender: (B, M, D) tensor of the senders.
        value: (B, M, D) tensor of the senders.
        features: a value an edge, in the layout of the messages.
        kernel: (C, D) tensor, or None where the features are D wide and need no product.
        bias: (D,) tensor or None.

    Returns:
        (B, N, D), (B, N, D), and the e_ij in the layout of the messages.

    Example:
        >>> from keras_gt.ops import resolve_edges
        >>> nodes, pairs = ops.zeros((1, 3, 2)), ops.zeros((1, 3, 3, 2))
        >>> edges, values = resolve_edges(None, nodes), ops.ones((1, 3, 2))
        >>> total, _, _ = gated_sums(edges, nodes, nodes, values, pairs, None, None)
        >>> ops.convert_to_numpy(total)[0, 0].tolist()
        [1.5, 1.5]
    """
    if isinstance(edge_set, SparseEdges):
        whole = edge_set.gated_sums(receiver, sender, value, features, kernel, bias)
        if whole is not None:
            return whole
    if kernel is not None:
        features = rows.linears(features, [kernel], [bias])[0]
    return gated_sums_in_steps(edge_set, receiver, sender, value, features)


def gated_sums_in_steps(edge_set, receiver, sender, value, features):
    """`gated_sums` with an array of all edges a step."""
    pairs = features + edge_set.senders_of(sender)
    pairs = pairs + edge_set.receivers_of(receiver)  # (B, E, D)
    gates = ops.sigmoid(pairs)
    return edge_set.sum(gates * edge_set.senders_of(value)), edge_set.sum(gates), pairs
