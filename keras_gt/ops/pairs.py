"""From edge lists to dense pairs."""

from keras import ops

from keras_gt.ops.dense_edges import DenseEdges
from keras_gt.ops.edge_sets import MAX_PAIR_ELEMENTS
from keras_gt.ops.segments import segment_sum


def pair_sum(values, edges, nodes_like, max_pair_elements=MAX_PAIR_ELEMENTS):
    """The sum of the values of each pair's edges.

    Args:
        values: (B, E, C) tensor; C is static.
        edges: dictionary with `senders` and `receivers` (B, E) int32 and optional `mask`.
        nodes_like: (B, N, F) tensor, only its shape is used.
        max_pair_elements: largest number of elements of the result.

    Returns:
        (B, N, N, C) tensor: entry [b, i, j] is the sum over the edges j -> i, 0 without one.

    Raises:
        ValueError: if the result is known to have more than max_pair_elements elements.

    Example:
        >>> edges = {"senders": ops.array([[0, 0]]), "receivers": ops.array([[1, 1]])}
        >>> pairs = pair_sum(ops.array([[[2.0], [3.0]]]), edges, ops.ones((1, 2, 4)))
        >>> ops.convert_to_numpy(pairs)[0, :, :, 0].tolist()
        [[0.0, 0.0], [5.0, 0.0]]
    """
    width = values.shape[-1]
    pairs = DenseEdges(None, nodes_like, nodes_like, max_pair_elements=max_pair_elements)
    pairs.check_size(width)  # refuses what is too large before it is built
    rows, nodes = ops.shape(nodes_like)[0], ops.shape(nodes_like)[1]
    offset = ops.expand_dims(ops.arange(rows, dtype="int32"), 1) * nodes  # (B, 1)
    receivers = ops.cast(edges["receivers"], "int32") + offset
    index = ops.reshape(receivers * nodes + ops.cast(edges["senders"], "int32"), (-1,))  # (B E,)
    if edges.get("mask") is not None:
        real = ops.cast(edges["mask"], "bool")[..., None]
        values = ops.where(real, values, ops.cast(0, values.dtype))
    total = segment_sum(ops.reshape(values, (-1, width)), index, rows * nodes * nodes)
    return ops.reshape(total, (rows, nodes, nodes, width))
