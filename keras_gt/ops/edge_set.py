"""What sparse and dense edges share: the reductions that follow from sum, max and degree."""

from keras import ops

from keras_gt.ops import rows
from keras_gt.ops._backend import generic


class EdgeSet:
    """Base of `SparseEdges` and `DenseEdges`.

    A subclass has `sum`, `max`, `senders_of`, `receivers_of`, `edge_mask`, `edge_scores`,
    `num_rows`, `num_receivers`, and `_ones`, a tensor of ones with one entry an edge and one
    trailing axis.
    """

    def degree(self, dtype):
        """Number of unmasked edges into each node, (B, N, 1)."""
        return self.sum(self._ones(dtype))

    def mean(self, messages):
        """Mean over each receiver's edges; 0 without one."""
        dtype = generic.accumulation_dtype(messages.dtype)
        total = self.sum(ops.cast(messages, dtype))
        degree = ops.maximum(self.degree(dtype), 1)
        trailing = (1,) * (len(total.shape) - 2)
        degree = ops.reshape(degree, (self.num_rows, self.num_receivers, *trailing))
        return ops.cast(total / degree, messages.dtype)

    def min(self, messages):
        """Minimum over each receiver's edges; 0 without one."""
        return -self.max(-messages)

    def std(self, messages, epsilon=1e-5):
        """Standard deviation, sqrt(variance + epsilon), over each receiver's edges; 0 without."""
        dtype = generic.accumulation_dtype(messages.dtype)
        messages_32 = ops.cast(messages, dtype)
        offset = messages_32 - self.receivers_of(self.mean(messages_32))
        deviation = ops.sqrt(self.mean(offset * offset) + epsilon)
        trailing = (1,) * (len(deviation.shape) - 2)
        degree = ops.reshape(self.degree(dtype), (self.num_rows, self.num_receivers, *trailing))
        deviation = ops.where(degree > 0, deviation, ops.cast(0, dtype))
        return ops.cast(deviation, messages.dtype)

    def shares(self, weights, others):
        """What each edge has of its receiver's sum, in the layout of the scores; masked ones 0.

        Args:
            weights: a value for each edge and head, 0 or more, in the layout of the messages.
            others: (B, N, H) tensor or float, what is added to the sum of the weights; positive.

        Returns:
            Tensor like the weights, in float32 if these are a half type.
        """
        weights = ops.cast(weights, generic.accumulation_dtype(weights.dtype))
        if self.edge_mask is not None:
            weights = ops.where(self.edge_mask[..., None], weights, ops.cast(0, weights.dtype))
        return self.edge_scores(weights / self.receivers_of(self.sum(weights) + others))

    def gated_sums(self, receiver, sender, value, features, kernel, bias):
        """Sums of gated values and of the gates, and what makes the gates.

            e_ij = features_ij kernel + bias + sender_j + receiver_i
            sum_j sigmoid(e_ij) * value_j,   sum_j sigmoid(e_ij),   e_ij

        Args:
            receiver: (B, N, D) tensor.
            sender: (B, M, D) tensor.
            value: (B, M, D) tensor of the senders.
            features: a value an edge, in the layout of the messages.
            kernel: (C, D) tensor, or None where the features are D wide and need no product.
            bias: (D,) tensor or None.

        Returns:
            (B, N, D), (B, N, D), and the e_ij in the layout of the messages.
        """
        if kernel is not None:
            features = rows.linears(features, [kernel], [bias])[0]
        pairs = features + self.senders_of(sender) + self.receivers_of(receiver)
        gates = ops.sigmoid(pairs)
        return self.sum(gates * self.senders_of(value)), self.sum(gates), pairs

    def reduced(self, names, receivers, senders, pairs=None, epsilon=1e-5):
        """Each named reduction of the messages receiver_i + sender_j + pair_ij.

        Args:
            names: list of "sum", "mean", "max", "min", "std".
            receivers: (B, N, ...) tensor.
            senders: (B, M, ...) tensor.
            pairs: a value an edge, in the layout of the messages, or None.
            epsilon: float, of `std`.

        Returns:
            List of (B, N, ...) tensors; 0 for a receiver without an edge.
        """
        messages = self.receivers_of(receivers) + self.senders_of(senders)
        messages = messages if pairs is None else messages + pairs
        return [
            self.std(messages, epsilon) if name == "std" else getattr(self, name)(messages)
            for name in names
        ]
