"""All pairs of nodes a few thousand at a time, so that what these need stays in the cache."""

import tensorflow as tf

from keras_gt.ops._backend.tensorflow_attention import chunk_size

_MOST = 1 << 12  # receivers in a block


class _Blocks:
    """All pairs in blocks of some receivers of one row; those that are all masked are left out.

    Args:
        features: (B, N, M, C) tensor.
        mask: bool tensor, which broadcasts to (B, N, M), or None.
        width: int, how wide an array of the pairs is.
    """

    def __init__(self, features, mask, width):
        rows, receivers, senders = tf.unstack(tf.shape(features)[:3])
        most = chunk_size(width) // tf.maximum(1, senders)
        sizes = tf.range(1, _MOST + 1)
        fitting = tf.where((receivers % sizes == 0) & (sizes <= most), sizes, 1)
        part = tf.reduce_max(fitting)
        self.part = tf.where(part * 4 >= most, part, receivers)
        self.parts = receivers // tf.maximum(1, self.part)
        self.rows, self.receivers, self.count = rows, receivers, rows * self.parts
        self.order, self.real = tf.range(self.count), self.count
        self.mask = mask
        if mask is not None:
            self.mask = tf.broadcast_to(mask, [rows, receivers, senders])
            real = tf.reshape(self.mask, [self.count, self.part * senders])
            real = tf.reduce_any(real, axis=1)
            self.order = tf.argsort(tf.cast(~real, "int32"), stable=True)
            self.real = tf.reduce_sum(tf.cast(real, "int32"))

    def cut(self, x):
        """(B, N, ...) -> (blocks, r, ...); None stays."""
        if x is None:
            return None
        return tf.reshape(x, tf.concat([[self.count, self.part], tf.shape(x)[2:]], 0))

    def joined(self, x):
        """(blocks, r, ...) -> (B, N, ...)."""
        return tf.reshape(x, tf.concat([[self.rows, self.receivers], tf.shape(x)[2:]], 0))

    def summed(self, x):
        """(blocks, M, ...) -> (B, M, ...): the sum over the blocks of each row."""
        shape = tf.concat([[self.rows, self.parts], tf.shape(x)[1:]], 0)
        return tf.reduce_sum(tf.reshape(x, shape), axis=1)

    def run(self, step, types, totals=()):
        """Calls step(index, row) for all blocks: what it writes, and what it adds to the totals.

        Returns a tensor of each of the types, with a first axis of blocks, 0 for those that are
        left out, and the totals.
        """
        arrays = tuple(tf.TensorArray(dtype, self.count) for dtype in types)

        def body(number, arrays, totals):
            index = self.order[number]
            results, added = step(index, index // self.parts)
            arrays = tuple(x.write(index, y) for x, y in zip(arrays, results, strict=True))
            totals = tuple(x + y for x, y in zip(totals, added, strict=True))
            return number + 1, arrays, totals

        _, arrays, totals = tf.while_loop(
            lambda number, *_: number < self.real, body, (0, arrays, totals)
        )
        return [x.stack() for x in arrays], totals


def pair_blocks(features, mask, width):
    """Blocks of the pairs (B, N, M, C), which are run one after the other."""
    return _Blocks(features, mask, width)


def summed(parts, axis):
    """The sum of each part; side by side they are made first, which XLA's loops of sums are not."""
    total = tf.reduce_sum(tf.concat(parts, axis=-1), axis=axis)
    return tf.split(total, len(parts), axis=-1)


def along_last(x, matrix):
    """x matrix along the last axis: (r, M, D) -> (r, M, H), or back."""
    product = tf.matmul(tf.reshape(x, [-1, x.shape[-1]]), matrix)
    return tf.reshape(product, [*tf.unstack(tf.shape(x)[:2]), matrix.shape[1]])
