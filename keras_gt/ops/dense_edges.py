"""Complete graphs and adjacency masks: messages have the shape (B, N, M, ...)."""

from keras import ops

from keras_gt.ops import rows
from keras_gt.ops._backend import generic, native
from keras_gt.ops.edge_set import EdgeSet


class DenseEdges(EdgeSet):
    """Every pair of nodes, masked by an adjacency and by the real senders.

    Scores have the layout (B, H, N, M); messages and per-edge features (B, N, M, ...).

    Args:
        adjacency: (B, N, M) bool tensor or None for the complete graph.
        receivers_like: (B, N, F) tensor of the receiving nodes.
        senders_like: (B, M, F) tensor of the sending nodes.
        sender_mask: (B, M) bool tensor or None.
        max_pair_elements: largest number of elements of a pair tensor.
        weights: (B, N, M) float tensor of edge weights or None.
    """

    def __init__(
        self,
        adjacency,
        receivers_like,
        senders_like,
        sender_mask=None,
        max_pair_elements=2**28,
        weights=None,
    ):
        self.weights = weights
        self.max_pair_elements = max_pair_elements
        self.static_shape = (
            receivers_like.shape[0],
            receivers_like.shape[1],
            senders_like.shape[1],
        )
        self.num_rows = ops.shape(receivers_like)[0]
        self.num_receivers = ops.shape(receivers_like)[1]
        self.num_senders = ops.shape(senders_like)[1]
        mask = adjacency
        if sender_mask is not None:
            sender_mask = ops.cast(sender_mask, "bool")[:, None, :]  # (B, 1, M)
            mask = sender_mask if mask is None else ops.logical_and(mask, sender_mask)
        self.mask = mask
        self.check_size(1)

    def check_size(self, width):
        """Raises where a pair tensor of this width is known to be above max_pair_elements."""
        if not all(isinstance(axis, int) for axis in (*self.static_shape, width)):
            return  # unknown, or a symbol of an exporter
        rows_, receivers, senders = self.static_shape
        size = rows_ * receivers * senders * width
        if size > self.max_pair_elements:
            raise ValueError(
                "A dense pair tensor must have at most max_pair_elements="
                f"{self.max_pair_elements} elements. Pass the edges as a dictionary with senders "
                "and receivers, use smaller batches, or raise max_pair_elements. Received: "
                f"{rows_} x {receivers} x {senders} pairs x {width} = {size} elements"
            )

    @property
    def edge_mask(self):
        """(B, N, M) bool or None."""
        if self.mask is None:
            return None
        shape = (self.num_rows, self.num_receivers, self.num_senders)
        return ops.broadcast_to(self.mask, shape)

    @property
    def _score_mask(self):
        return None if self.mask is None else ops.expand_dims(self.mask, 1)  # (B, 1, N, M)

    def _mask_like(self, messages):
        extra = (1,) * (len(messages.shape) - 3)
        return ops.reshape(self.mask, (*ops.shape(self.mask), *extra))

    def senders_of(self, x):
        """The sender's row for each pair: (B, M, ...) -> (B, 1, M, ...)."""
        return ops.expand_dims(x, 1)

    def receivers_of(self, x):
        """The receiver's row for each pair: (B, N, ...) -> (B, N, 1, ...)."""
        return ops.expand_dims(x, 2)

    def _pairs(self, messages, fill=0):
        """Messages on all (B, N, M) pairs, with the fill value where masked."""
        trailing = tuple(messages.shape[3:])
        width = 1
        for axis in trailing:
            width *= axis
        self.check_size(width)
        shape = (self.num_rows, self.num_receivers, self.num_senders, *trailing)
        messages = ops.broadcast_to(messages, shape)
        if self.mask is None:
            return messages
        return ops.where(self._mask_like(messages), messages, ops.cast(fill, messages.dtype))

    def sum(self, messages):
        """Sum over each receiver's senders: (B, N, M, ...) -> (B, N, ...)."""
        dtype = generic.accumulation_dtype(messages.dtype)
        return ops.cast(ops.sum(ops.cast(self._pairs(messages), dtype), axis=2), messages.dtype)

    def _ones(self, dtype):
        return ops.ones((self.num_rows, self.num_receivers, self.num_senders, 1), dtype=dtype)

    def max(self, messages):
        """Maximum over each receiver's senders; 0 without one."""
        wide = ops.cast(messages, generic.accumulation_dtype(messages.dtype))  # for float16
        top = ops.max(self._pairs(wide, generic.LOWEST), axis=2)
        top = ops.where(top > generic.LOWEST, top, ops.cast(0, top.dtype))
        return ops.cast(top, messages.dtype)

    def softmax(self, scores):
        """Softmax over the senders: (B, H, N, M) -> (B, H, N, M); masked pairs get 0."""
        return generic.dense_weights(scores, self._score_mask, None)

    def weighted_sum(self, value, weights=None):
        """sum_j weights_ij value_j: value (B, M, D), weights (B, N, M) or None -> (B, N, D)."""
        if weights is None:
            weights = ops.ones((self.num_rows, self.num_receivers, self.num_senders), value.dtype)
        weights = ops.cast(weights, value.dtype)
        if self.mask is not None:
            weights = ops.where(self.mask, weights, ops.cast(0, value.dtype))
        return ops.matmul(weights, value)

    def rectified_sum(self, value, pairs, own=False):
        """sum_j ReLU(value_j + pair_ij): value (B, M, D), pairs (B, N, M, D) -> (B, N, D).

        With `own`, where the receivers are the senders, each receiver's own value is added.
        """
        total = self.sum(ops.relu(self.senders_of(value) + pairs))
        return value + total if own else total

    def dropout_factor(self, rate, num_heads, seed_generator, dtype):
        """Attention dropout as a factor: (B, H, N, M) of zeros and 1 / (1 - rate)."""
        shape = (self.num_rows, num_heads, self.num_receivers, self.num_senders)
        return rows.dropout(ops.ones(shape, dtype=dtype), rate, seed_generator)

    def dot_product_attention(self, query, key, value, scale, bias=None, factor=None):
        """Dot-product attention: (B, N, H, K), (B, M, H, K), (B, M, H, V) -> (B, N, H, V)."""
        self.check_size(query.shape[2])
        if factor is None:
            fused = native("dense_attention") if native("fast_paths_allowed")() else None
            fused = fused or generic.dense_attention
            return fused(query, key, value, self._score_mask, bias, scale)
        scores = generic.dense_dot_scores(query, key, scale)
        weights = generic.dense_weights(scores, self._score_mask, bias)
        return generic.dense_aggregate(weights * ops.cast(factor, weights.dtype), value)

    def additive_attention(
        self, receiver_logits, sender_logits, value, negative_slope, bias=None, factor=None
    ):
        """GAT attention: logits (B, N, H), (B, M, H), value (B, M, H, V) -> (B, N, H, V)."""
        scores = self.additive_scores(receiver_logits, sender_logits, negative_slope, bias)
        weights = self.softmax(scores)
        weights = weights if factor is None else weights * ops.cast(factor, weights.dtype)
        return self.aggregate(weights, value)

    def dot_scores(self, query, key, scale):
        """Scores (B, H, N, M) of the scaled dot product."""
        self.check_size(query.shape[2])
        return generic.dense_dot_scores(query, key, scale)

    def additive_scores(self, receiver_logits, sender_logits, negative_slope, bias=None):
        """Scores (B, H, N, M) of GAT; the bias goes inside the LeakyReLU."""
        self.check_size(receiver_logits.shape[2])
        receiver = ops.transpose(receiver_logits, (0, 2, 1))[:, :, :, None]  # (B, H, N, 1)
        sender = ops.transpose(sender_logits, (0, 2, 1))[:, :, None, :]  # (B, H, 1, M)
        logits = receiver + sender
        logits = logits if bias is None else logits + bias
        return ops.leaky_relu(logits, negative_slope)

    def aggregate(self, weights, value):
        """sum_j weights_ij value_j for each head: (B, H, N, M), (B, M, H, V) -> (B, N, H, V)."""
        if self.mask is not None:
            weights = ops.where(self._score_mask, weights, ops.cast(0, weights.dtype))
        return generic.dense_aggregate(weights, value)

    def products(self, query, key, pairs, num_heads, keep=True):
        """query_i * key_j * pair_ij of each edge, and its sum over each head.

        Args:
            query: (B, N, H K) tensor of the receivers.
            key: (B, M, H K) tensor of the senders.
            pairs: a value an edge, H K wide, in the layout of the messages.
            num_heads: int H.
            keep: bool, whether the first result is wanted.

        Returns:
            The products like pairs, or None, and their sums, H wide, in the layout of the messages.
        """
        self.check_size(query.shape[2])
        fast = native("fast_paths_allowed")()
        function = native("dense_products") if fast else generic.dense_products
        return function(query, key, pairs, num_heads, keep)

    def scores_of_kinds(self, features, parts, num_heads):
        """The sum over each head of query_i * key_j * pair_ij, other ones for each kind of edge.

        Args:
            features: (B, N, M, 1 + C) tensor: first 1 for an edge of the first kind, 0 for one of
                the second, then what is multiplied with the kind's kernel.
            parts: for both kinds (query (B, N, H K), key (B, M, H K), kernel (C, H K)).
            num_heads: int H.

        Returns:
            (B, N, M, H) tensor; masked edges may have any score.
        """
        self.check_size(parts[0][0].shape[2])
        fast = native("fast_paths_allowed")()
        if fast:
            whole = native("pair_scores_of_kinds")(features, parts, num_heads, self.edge_mask)
            if whole is not None:
                return whole
        score = native("scores_of_kinds") if fast else generic.scores_of_kinds
        kernels = [kernel for _, _, kernel in parts]

        def of_rows(features, mask, *tables):  # of some rows of the batch
            plan = _all_pairs(*ops.shape(features)[:3])
            plan["mask"] = None if mask is None else rows.reshape(mask, (-1,))
            tables = [rows.reshape(table, (-1, table.shape[-1])) for table in tables]
            parts = zip(tables[:2], tables[2:], kernels, strict=True)
            flat = rows.reshape(features, (-1, features.shape[-1]))
            scores = score(flat, list(parts), num_heads, plan)
            return rows.reshape(scores, (*ops.shape(features)[:3], num_heads))

        tables = [part[i] for i in (0, 1) for part in parts]
        run = native("over_rows") if fast else generic.over_rows
        return run(of_rows, features, self.edge_mask, *tables)

    def edge_scores(self, per_edge):
        """Per-pair values (B, N, M, H) in the layout of the scores, (B, H, N, M)."""
        return ops.transpose(per_edge, (0, 3, 1, 2))

    def per_edge(self, scores):
        """Scores (B, H, N, M) in the layout of the messages, (B, N, M, H)."""
        return ops.transpose(scores, (0, 2, 3, 1))


def _all_pairs(num_rows, num_receivers, num_senders):
    """The ends of all pairs of some rows, flat as `SparseEdges` has them."""
    row = ops.arange(num_rows, dtype="int32")[:, None, None]
    receivers = row * num_receivers + ops.arange(num_receivers, dtype="int32")[:, None]
    senders = row * num_senders + ops.arange(num_senders, dtype="int32")  # (B, 1, M)
    shape = (num_rows, num_receivers, num_senders)
    return {
        "receivers": rows.reshape(ops.broadcast_to(receivers, shape), (-1,)),
        "senders": rows.reshape(ops.broadcast_to(senders, shape), (-1,)),
    }
