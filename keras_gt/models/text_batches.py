"""Tokens as padded arrays: texts of like length share a batch, and batches have few shapes."""

import numpy as np

from keras_gt.graph.epoch_planner import round_up


def padded_tokens(token_ids, num_nodes=None, num_rows=None):
    """The input arrays of texts: one row each, filled up with masked nodes and rows.

    Args:
        token_ids: list of (n,) integer arrays.
        num_nodes: int N, or None for the longest text's.
        num_rows: int B, or None for the number of texts.

    Returns:
        Dictionary of `node_features` (B, N) int32 and `node_mask` (B, N) bool.
    """
    lengths = np.array([len(ids) for ids in token_ids])
    shape = (num_rows or len(token_ids), num_nodes or int(lengths.max(initial=1)))
    arrays = {"node_features": np.zeros(shape, np.int32), "node_mask": np.zeros(shape, bool)}
    for row, ids in enumerate(token_ids):
        arrays["node_features"][row, : len(ids)] = ids
        arrays["node_mask"][row, : len(ids)] = True
    return arrays


def length_batches(token_ids, batch_size, max_nodes):
    """Batches of texts of like length.

    Args:
        token_ids: list of (n,) integer arrays, each at most max_nodes long.
        batch_size: int, texts a batch; fewer texts make one batch, of a rounded size.
        max_nodes: int, the longest row that the model takes.

    Yields:
        (places, arrays): the positions of the texts in the list, and what `padded_tokens` returns.
        Lengths are rounded up to one of four an octave, so compilers meet few shapes.

    Raises:
        ValueError: for a text that is too long.
    """
    lengths = np.array([len(ids) for ids in token_ids])
    if lengths.max(initial=0) > max_nodes:
        raise ValueError(
            f"texts must have at most {max_nodes} tokens for this model. Give its TextPreprocessor "
            f"max_length={max_nodes}. Received: {lengths.max()} tokens"
        )
    order = np.argsort(-lengths, kind="stable")
    num_rows = min(batch_size, round_up(len(order)))
    for start in range(0, len(order), num_rows):
        places = order[start : start + num_rows]
        num_nodes = min(round_up(max(lengths[places[0]], 1)), max_nodes)
        yield places, padded_tokens([token_ids[i] for i in places], num_nodes, num_rows)
