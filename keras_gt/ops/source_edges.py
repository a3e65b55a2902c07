"""Edges from sources, nodes that everybody reads and that read nobody, beside the given edges."""

from keras import backend, ops

from keras_gt.ops import rows
from keras_gt.ops._backend import native
from keras_gt.ops.edge_sets import form_given
from keras_gt.ops.sparse_edges import PLAN_KEYS


class SourceEdges:
    """The given edges in whatever form they have, and one from each source to each receiver.

    Sources are numbered after the other senders: M, ..., M + S - 1. Edge lists keep their plan: a
    receiver's edges from sources then come after its others, and without a plan after all others.

    Args:
        edges: None, a (B, N, M) adjacency or a dictionary, see `resolve_edges`.
        edge_mask: (B, E) or (B, N, M) bool, the mask of an `EdgeSet` of these edges, or None.
        num_receivers: int N.
        num_senders: int M.
        num_sources: int S.

    Attributes:
        edges: the joined edges: None, a (B, N, M + S) adjacency, or a dictionary of E + N S edges
            a row.
    """

    def __init__(self, edges, edge_mask, num_receivers, num_senders, num_sources):
        edges = form_given(edges)
        self.dense = not isinstance(edges, dict)
        self.num_sources = num_sources
        if self.dense:
            self.num_given, self.num_added = num_senders, num_sources
            self.edges = self._adjacency(edges, edge_mask)
            return
        self.num_rows, self.num_given = ops.shape(edges["senders"])
        self.num_added = num_receivers * num_sources
        self.places = self.order = None
        nodes = ops.arange(num_receivers, dtype="int32")[:, None]  # (N, 1)
        sources = ops.arange(num_sources, dtype="int32")[None]  # (1, S)
        planned = all(edges.get(key) is not None for key in PLAN_KEYS)
        if planned and native("fast_paths_allowed")():
            self._interleave(edges, nodes, sources)
        self.edges = self._lists(edges, edge_mask, nodes, sources + num_senders)
        if self.order is not None:
            self.edges |= self._plan(edges, nodes)

    def _adjacency(self, edges, edge_mask):
        if edge_mask is None:
            return None
        reads = edge_mask
        if edges is not None and backend.is_float_dtype(edges.dtype):
            reads = ops.where(edge_mask, edges, ops.zeros_like(edges))
        added = ops.ones((*ops.shape(reads)[:2], self.num_sources), dtype=reads.dtype)
        return ops.concatenate([reads, added], axis=2)

    def _interleave(self, edges, nodes, sources):
        """Where each edge goes, (B, E) and (B, N, S), and what each place then holds, (B E',)."""
        starts = ops.cast(edges["receiver_offsets"], "int32")  # (B, N + 1)
        self.added_places = starts[:, 1:, None] + nodes * self.num_sources + sources
        # before a given edge lie those from sources to the receivers before its own
        shift = ops.cast(edges["receivers"], "int32") * self.num_sources
        self.places = ops.arange(self.num_given, dtype="int32")[None] + shift

        size, count = self.num_given + self.num_added, ops.shape(nodes)[0]
        ends = self._flat(starts[:, 1:] + (nodes[:, 0] + 1)[None] * self.num_sources)  # (B, N)
        place = ops.arange(self.num_rows * size, dtype="int32")  # (B E',), of all rows
        node = ops.cast(ops.searchsorted(ops.reshape(ends, (-1,)), place, side="right"), "int32")
        row = place // size
        source = place - rows.gather_rows(ops.reshape(ends, (-1,)), node) + self.num_sources
        node = node - row * count  # in its row; source is below 0 at the given edges
        given = place - row * size - node * self.num_sources
        added = self.num_given + node * self.num_sources + source
        self.order = row * size + ops.where(source < 0, given, added)

    def _flat(self, index):
        """(B, X) positions among a row's joined edges as positions in (B E', ...)."""
        row = ops.arange(self.num_rows, dtype="int32")[:, None]
        return index + row * (self.num_given + self.num_added)

    def _lists(self, edges, edge_mask, nodes, sources):
        shape = (ops.shape(nodes)[0], self.num_sources)
        added = {"senders": self._added(sources, shape), "receivers": self._added(nodes, shape)}
        given = {key: ops.cast(edges[key], "int32") for key in added}
        for key, value in (("mask", edge_mask), ("weights", edges.get("weights"))):
            if value is not None:
                given[key] = value
                dtype = backend.standardize_dtype(value.dtype)
                added[key] = ops.ones_like(added["senders"], dtype=dtype)
        return {key: self._joined(given[key], added[key]) for key in given}

    def _added(self, values, shape):
        flat = ops.reshape(ops.broadcast_to(values, shape), (1, -1))
        return ops.broadcast_to(flat, (self.num_rows, self.num_added))

    def _joined(self, given, added):
        """Values of the given edges and of the added ones, (B, E + N S, ...), in their order."""
        joined = ops.concatenate([given, added], axis=1)
        if self.order is None:
            return joined
        flat = ops.reshape(joined, (-1, *joined.shape[2:]))
        return ops.reshape(rows.gather_rows(flat, self.order), ops.shape(joined))

    def _plan(self, edges, nodes):
        count = ops.shape(nodes)[0]
        offsets = ops.cast(edges["sender_offsets"], "int32")
        steps = (ops.arange(self.num_sources, dtype="int32")[None] + 1) * count
        by_sender = ops.take_along_axis(
            self.places, ops.cast(edges["sender_order"], "int32"), axis=1
        )
        by_source = ops.transpose(self.added_places, (0, 2, 1))  # (B, S, N)
        by_source = ops.reshape(by_source, (self.num_rows, self.num_added))
        receiver_shift = ops.arange(count + 1, dtype="int32")[None] * self.num_sources
        return {
            "receiver_offsets": ops.cast(edges["receiver_offsets"], "int32") + receiver_shift,
            "sender_offsets": ops.concatenate([offsets, offsets[:, -1:] + steps], axis=1),
            "sender_order": ops.concatenate([by_sender, by_source], axis=1),
        }

    def widen_features(self, features):
        """Edge features of the joined edges, 0 for those from sources."""
        return self._widen(features, 2 if self.dense else 1)

    def widen_bias(self, bias):
        """A bias of the scores for the joined edges, 0 for those from sources."""
        return self._widen(bias, 3 if self.dense else 1)

    def _widen(self, values, axis):
        shape = list(ops.shape(values))
        shape[axis] = self.num_added
        zeros = ops.zeros(shape, dtype=values.dtype)
        if self.dense:
            return ops.concatenate([values, zeros], axis=axis)
        return self._joined(values, zeros)

    def given_scores(self, scores):
        """The scores of the given edges alone, (B, E, H) or (B, H, N, M)."""
        if self.dense:
            return scores[..., : self.num_given]
        if self.order is None:
            return scores[:, : self.num_given]
        flat = ops.reshape(scores, (-1, scores.shape[-1]))
        chosen = rows.gather_rows(flat, ops.reshape(self._flat(self.places), (-1,)))
        return ops.reshape(chosen, (self.num_rows, self.num_given, scores.shape[-1]))
