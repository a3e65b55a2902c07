"""The graphs that the nodes of a batch belong to: whole rows, or graphs packed side by side."""

import math

from keras import ops

from keras_gt.ops import rows, segments
from keras_gt.ops._backend import generic


def packed_ids(graph_ids, num_graphs):
    """Flat graph number of each node, (B N,), with masked nodes in range."""
    ids = ops.cast(graph_ids, "int32")
    ids = ops.where((ids >= 0) & (ids < num_graphs), ids, 0)
    if ids.shape[0] != 1:
        ids = ids + ops.arange(ops.shape(ids)[0], dtype="int32")[:, None] * num_graphs
    return rows.reshape(ids, (-1,))


def check_packed(graph_mask):
    """Raises where a packed row has no graph mask."""
    if graph_mask is None:
        raise ValueError(
            "graph_mask must be given with graph_ids: its width is the number of graphs a row. "
            "Pass both. Received: graph_mask=None"
        )


class NodeGroups:
    """Sums and maxima over the real nodes of each graph, and back: what global layers share.

    G is 1 where a row is one graph. Half types are summed in float32, and the results stay so.

    Args:
        node_mask: (B, N) bool tensor or None.
        graph_ids: (B, N) int32 tensor, the graph of each node in packed rows, or None.
        graph_mask: (B, G) bool tensor, only its width G is used; required with `graph_ids`.

    Raises:
        ValueError: if `graph_ids` comes without `graph_mask`.

    Example:
        >>> groups = NodeGroups(ops.array([[True, True, False]]))
        >>> ops.convert_to_numpy(groups.sum(ops.ones((1, 3, 2)))).tolist()
        [[[2.0, 2.0]]]
    """

    def __init__(self, node_mask=None, graph_ids=None, graph_mask=None):
        self.mask = None if node_mask is None else ops.cast(node_mask, "bool")
        self.packed = graph_ids is not None
        if self.packed:
            check_packed(graph_mask)
            self.shape = ops.shape(graph_mask)[:2]  # (B, G)
            self.ids = packed_ids(graph_ids, self.shape[1])

    def real(self, x):
        """(B, N, ...) with 0 in the rows of padding, float32 for the half types."""
        return self._with_padding(x, 0)

    def _with_padding(self, x, value):
        x = ops.cast(x, generic.accumulation_dtype(x.dtype))
        if self.mask is None:
            return x
        mask = rows.reshape(self.mask, (*ops.shape(self.mask), *(1,) * (len(x.shape) - 2)))
        return ops.where(mask, x, ops.cast(value, x.dtype))

    def sum(self, x):
        """Sum over each graph's real nodes: (B, N, ...) -> (B, G, ...)."""
        if not self.packed:
            return ops.sum(self.real(x), axis=1, keepdims=True)
        x = ops.cast(x, generic.accumulation_dtype(x.dtype))
        mask = None if self.mask is None else rows.reshape(self.mask, (-1,))
        return self._of_segments(segments.segment_sum, x, mask=mask)

    def max(self, x):
        """Maximum over each graph's real nodes, 0 without any: (B, N, ...) -> (B, G, ...)."""
        x = self._with_padding(x, generic.LOWEST)
        if self.packed:
            top = self._of_segments(segments.segment_max, x)
        else:
            top = ops.max(x, axis=1, keepdims=True)
        return ops.where(top > generic.LOWEST, top, ops.cast(0, top.dtype))

    def _of_segments(self, reduction, x, **options):
        trailing = tuple(x.shape[2:])
        flat = rows.reshape(x, (-1, *trailing))
        result = reduction(flat, self.ids, self.shape[0] * self.shape[1], **options)
        return rows.reshape(result, (*self.shape, *trailing))

    def of_nodes(self, x):
        """Each node's graph's entry: (B, G, ...) -> (B, N, ...), or (B, 1, ...) where G is 1."""
        if not self.packed:
            return x
        trailing = tuple(x.shape[2:])
        flat = rows.reshape(x, (-1, math.prod(trailing)))
        entries = rows.gather_rows(flat, self.ids)
        return rows.reshape(entries, (self.shape[0], -1, *trailing))

    def count(self, like):
        """Number of real nodes of each graph, at least 1: (B, G, 1), for like (B, N, ...)."""
        ones = ops.ones((*ops.shape(like)[:2], 1), dtype=generic.accumulation_dtype(like.dtype))
        return ops.maximum(self.sum(ones), 1)
