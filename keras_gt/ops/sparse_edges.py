"""Edge lists: messages have the shape (B, E, ...)."""

import functools
import math

from keras import ops

from keras_gt.ops import rows, segments
from keras_gt.ops._backend import generic, native
from keras_gt.ops.edge_set import EdgeSet

PLAN_KEYS = ("receiver_offsets", "sender_offsets", "sender_order")


class SparseEdges(EdgeSet):
    """Edges given as sender and receiver indices, flattened over the rows of the batch.

    Row b's node n becomes row b N + n of a flat array, so that one segment operation serves the
    whole batch. The presence of a plan, and nothing else, switches on the fast paths.

    Args:
        edges: dictionary of (B, E) arrays, see `resolve_edges`.
        receivers_like: (B, N, F) tensor of the receiving nodes.
        senders_like: (B, M, F) tensor of the sending nodes.
        sender_mask: (B, M) bool tensor or None, used where the edges carry no mask.
    """

    def __init__(self, edges, receivers_like, senders_like, sender_mask=None):
        self.num_rows = ops.shape(receivers_like)[0]
        self.num_receivers = ops.shape(receivers_like)[1]
        self.num_senders = ops.shape(senders_like)[1]
        self.single_row = receivers_like.shape[0] == 1
        if not self.single_row:
            self.row_numbers = ops.arange(self.num_rows, dtype="int32")[:, None]  # (B, 1)
        self.num_edges = ops.shape(edges["senders"])[1]
        self.weights = edges.get("weights")  # (B, E) or None
        senders = self._flat_index(edges["senders"], self.num_senders)
        receivers = self._flat_index(edges["receivers"], self.num_receivers)
        mask = edges.get("mask")
        if mask is not None:
            mask = rows.reshape(ops.cast(mask, "bool"), (-1,))
        elif sender_mask is not None:
            flat_mask = rows.reshape(ops.cast(sender_mask, "int32"), (-1,))
            mask = ops.cast(rows.gather_rows(flat_mask, senders), "bool")
        self.plan = {"senders": senders, "receivers": receivers, "mask": mask}
        self.planned = all(edges.get(key) is not None for key in PLAN_KEYS)
        self.given = edges

    def _row_offset(self, size):
        return self.row_numbers * size  # (B, 1)

    def _flat_index(self, index, size):
        index = ops.cast(index, "int32")
        if not self.single_row:
            index = index + self._row_offset(size)
        return rows.reshape(index, (-1,))

    @functools.cached_property
    def whole_plan(self):
        """The plan with its offsets and order where they were given: not all sums need them."""
        if not self.planned:
            return self.plan
        plan, edges = dict(self.plan), self.given
        total = rows.reshape(ops.cast(self.num_rows * self.num_edges, "int32"), (1,))
        for key in ("receiver_offsets", "sender_offsets"):
            offsets = ops.cast(edges[key], "int32")
            if self.single_row:
                plan[key] = rows.reshape(offsets, (-1,))
                continue
            starts = offsets[:, :-1] + self._row_offset(self.num_edges)
            plan[key] = ops.concatenate([rows.reshape(starts, (-1,)), total])
        plan["sender_order"] = self._flat_index(edges["sender_order"], self.num_edges)
        return plan

    def _primitive(self, name):
        fast = self.planned and native("fast_paths_allowed")()
        return native(name) if fast else getattr(generic, name)

    def _edges_flat(self, x):
        """(B, E, ...) -> (B E, ...)."""
        return rows.reshape(x, (-1, *x.shape[2:]))

    def _nodes_flat(self, x):
        """(B, N, ...) -> (B N, ...)."""
        return rows.reshape(x, (-1, *x.shape[2:]))

    def _to_nodes(self, x):
        """(B N, ...) -> (B, N, ...)."""
        return rows.reshape(x, (self.num_rows, self.num_receivers, *x.shape[1:]))

    def _to_edges(self, x):
        """(B E, ...) -> (B, E, ...)."""
        return rows.reshape(x, (self.num_rows, self.num_edges, *x.shape[1:]))

    @property
    def num_flat_receivers(self):
        return self.num_rows * self.num_receivers

    @property
    def edge_mask(self):
        """(B, E) bool or None."""
        mask = self.plan["mask"]
        return None if mask is None else self._to_edges(mask)

    def senders_of(self, x):
        """The sender's row for each edge: (B, M, ...) -> (B, E, ...)."""
        return self._to_edges(rows.gather_rows(self._nodes_flat(x), self.plan["senders"]))

    def receivers_of(self, x):
        """The receiver's row for each edge: (B, N, ...) -> (B, E, ...)."""
        return self._to_edges(rows.gather_rows(self._nodes_flat(x), self.plan["receivers"]))

    def _masked(self, messages, fill=0):
        """Flat messages with the fill value on masked edges: (B, E, ...) -> (B E, ...)."""
        flat = self._edges_flat(messages)
        mask = self.plan["mask"]
        if mask is None:
            return flat
        mask = rows.reshape(mask, (-1,) + (1,) * (len(flat.shape) - 1))
        return ops.where(mask, flat, ops.cast(fill, flat.dtype))

    def sum(self, messages):
        """Sum over each receiver's edges: (B, E, ...) -> (B, N, ...)."""
        total = segments.segment_sum(
            self._edges_flat(messages),
            self.plan["receivers"],
            self.num_flat_receivers,
            self.plan["mask"],
        )
        return self._to_nodes(total)

    def _ones(self, dtype):
        return ops.ones((self.num_rows, self.num_edges, 1), dtype=dtype)

    def max(self, messages):
        """Maximum over each receiver's edges; 0 without one."""
        dtype = generic.accumulation_dtype(messages.dtype)  # float16 has no 1e30
        flat = self._masked(ops.cast(messages, dtype), generic.LOWEST)
        trailing = tuple(flat.shape[1:])
        flat = rows.reshape(flat, (-1, math.prod(trailing)))
        top = native("segment_max")(flat, self.plan["receivers"], self.num_flat_receivers)
        top = ops.where(top > generic.LOWEST, top, ops.cast(0, top.dtype))
        return ops.cast(self._to_nodes(rows.reshape(top, (-1, *trailing))), messages.dtype)

    def softmax(self, scores):
        """Softmax over each receiver's edges: (B, E, H) -> (B, E, H); masked edges get 0."""
        flat = generic.edge_softmax(self._edges_flat(scores), self.plan, self.num_flat_receivers)
        return self._to_edges(flat)

    def weighted_sum(self, value, weights=None):
        """sum_j weights_ij value_j: value (B, M, D), weights (B, E) or None -> (B, N, D)."""
        flat_weights = None if weights is None else self._edges_flat(weights)
        total = self._primitive("weighted_sum")(
            self._nodes_flat(value), flat_weights, self.whole_plan, self.num_flat_receivers
        )
        return self._to_nodes(total)

    def rectified_sum(self, value, pairs, own=False):
        """sum_j ReLU(value_j + pair_ij): value (B, M, D), pairs (B, E, D) -> (B, N, D).

        With `own`, where the receivers are the senders, each receiver's own value is added.
        """
        total = self._primitive("rectified_sum")(
            self._nodes_flat(value),
            self._edges_flat(pairs),
            self.plan,
            self.num_flat_receivers,
            own,
        )
        return self._to_nodes(total)

    def reduced(self, names, receivers, senders, pairs=None, epsilon=1e-5):
        """As `EdgeSet.reduced`; what a receiver adds to all its messages is added at the end."""
        dtype = generic.accumulation_dtype(senders.dtype)

        def flat(x):
            return rows.reshape(ops.cast(x, dtype), (-1, math.prod(x.shape[2:])))

        mean, top, bottom, variance = (
            rows.reshape(x, (self.num_rows, self.num_receivers, *senders.shape[2:]))
            for x in self._primitive("statistics")(
                flat(senders),
                None if pairs is None else flat(pairs),
                self.plan,
                self.num_flat_receivers,
            )
        )
        degree = self.degree(dtype)
        degree = rows.reshape(degree, (*ops.shape(degree)[:2], *(1,) * (len(mean.shape) - 2)))
        reads = degree > 0  # the statistics of a receiver without an edge are 0
        own = ops.where(reads, ops.cast(receivers, dtype), ops.cast(0, dtype))
        results = {
            "sum": lambda: (mean + own) * degree,
            "mean": lambda: mean + own,
            "max": lambda: top + own,
            "min": lambda: bottom + own,
            "std": lambda: ops.where(reads, ops.sqrt(variance + epsilon), ops.cast(0, dtype)),
        }
        return [ops.cast(results[name](), senders.dtype) for name in names]

    def dropout_factor(self, rate, num_heads, seed_generator, dtype):
        """Attention dropout as a factor: (B, E, H) of zeros and 1 / (1 - rate)."""
        shape = (self.num_rows, self.num_edges, num_heads)
        return rows.dropout(ops.ones(shape, dtype=dtype), rate, seed_generator)

    def dot_product_attention(self, query, key, value, scale, bias=None, factor=None):
        """Dot-product attention: (B, N, H, K), (B, M, H, K), (B, M, H, V) -> (B, N, H, V)."""
        total = self._primitive("dot_attention")(
            self._nodes_flat(query * scale),
            self._nodes_flat(key),
            self._nodes_flat(value),
            None if bias is None else self._edges_flat(bias),
            None if factor is None else self._edges_flat(factor),
            self.whole_plan,
        )
        return self._to_nodes(total)

    def additive_attention(
        self, receiver_logits, sender_logits, value, negative_slope, bias=None, factor=None
    ):
        """GAT attention: logits (B, N, H), (B, M, H), value (B, M, H, V) -> (B, N, H, V)."""
        total = self._primitive("additive_attention")(
            self._nodes_flat(receiver_logits),
            self._nodes_flat(sender_logits),
            self._nodes_flat(value),
            None if bias is None else self._edges_flat(bias),
            None if factor is None else self._edges_flat(factor),
            self.whole_plan,
            negative_slope,
        )
        return self._to_nodes(total)

    def dot_scores(self, query, key, scale):
        """Scores (B, E, H) of the scaled dot product."""
        scores = generic.dot_scores(
            self._nodes_flat(query * scale), self._nodes_flat(key), None, self.plan
        )
        return self._to_edges(scores)

    def additive_scores(self, receiver_logits, sender_logits, negative_slope, bias=None):
        """Scores (B, E, H) of GAT; the bias goes inside the LeakyReLU."""
        scores = generic.additive_scores(
            self._nodes_flat(receiver_logits),
            self._nodes_flat(sender_logits),
            None if bias is None else self._edges_flat(bias),
            self.plan,
            negative_slope,
        )
        return self._to_edges(scores)

    def products(self, query, key, pairs, num_heads, keep=True):
        """As `DenseEdges.products`: (B, N, H K), (B, M, H K), (B, E, H K) -> those of the edges."""
        joint, scores = self._primitive("edge_products")(
            self._nodes_flat(query),
            self._nodes_flat(key),
            self._edges_flat(pairs),
            num_heads,
            self.plan,
            keep,
        )
        return self._to_edges(joint) if keep else None, self._to_edges(scores)

    def scores_of_kinds(self, features, parts, num_heads):
        """As `DenseEdges.scores_of_kinds`: features (B, E, 1 + C) -> (B, E, H)."""
        parts = [
            (self._nodes_flat(query), self._nodes_flat(key), kernel) for query, key, kernel in parts
        ]
        scores = self._primitive("scores_of_kinds")(
            self._edges_flat(features), parts, num_heads, self.plan
        )
        return self._to_edges(scores)

    def gated_sums(self, receiver, sender, value, features, kernel, bias):
        """As `EdgeSet.gated_sums`, step by step where there is no fast path."""
        results = self._primitive("gated_sums")(
            self._nodes_flat(receiver),
            self._nodes_flat(sender),
            self._nodes_flat(value),
            self._edges_flat(features),
            kernel,
            bias,
            self.plan,
        )
        if results is None:
            return super().gated_sums(receiver, sender, value, features, kernel, bias)
        total, norm, pairs = results
        return self._to_nodes(total), self._to_nodes(norm), self._to_edges(pairs)

    def aggregate(self, weights, value):
        """sum_j weights_ij value_j for each head: (B, E, H), (B, M, H, V) -> (B, N, H, V)."""
        total = self._primitive("aggregate_values")(
            self._edges_flat(weights), self._nodes_flat(value), self.plan, self.num_flat_receivers
        )
        return self._to_nodes(total)

    def shares(self, weights, others):
        """What each edge has of its receiver's sum, (B, E, H); masked ones 0.

        Args:
            weights: (B, E, H) tensor, 0 or more.
            others: (B, N, H) tensor or float, what is added to the sum of the weights; positive.

        Returns:
            (B, E, H) tensor, in float32 if the weights are a half type.
        """
        dtype = generic.accumulation_dtype(weights.dtype)
        flat = ops.cast(self._edges_flat(weights), dtype)
        if isinstance(others, float):
            others = ops.full((self.num_flat_receivers, 1), others, dtype)
        else:
            others = self._nodes_flat(others)
        shares = self._primitive("edge_shares")(flat, others, self.plan, self.num_flat_receivers)
        return self._to_edges(shares)

    def edge_scores(self, per_edge):
        """Per-edge values (B, E, H) in the layout of the scores: already so."""
        return per_edge

    def per_edge(self, scores):
        """Scores in the layout of the messages, (B, E, H): already so."""
        return scores
