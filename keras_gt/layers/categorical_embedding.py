import itertools
import math

import keras
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.layers.direct_call import called_directly
from keras_gt.layers.graph_layer import check_positive


@keras.saving.register_keras_serializable(package="keras_gt")
@called_directly(takes_training=False)
class CategoricalEmbedding(keras.layers.Layer):
    """Sums a learned vector for each categorical column of a node or an edge.

    Args:
        sizes: list of int, the number of categories of each of the K columns.
        units: int D.
        initializer: initializer of the vectors; None for normal ones whose sum has a variance of 1.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        categories: (B, N, K) int32, or (B, N) where there is one column, each in
            0..sizes[k]-1; -1 is an unknown category, which adds nothing. Edges, (B, E, K) or
            (B, N, M, K), work as well.
        by_kind: bool, default False, whether the vectors of all combinations of categories are
            given, and which of them each entry has: what comes after is then made once a kind.

    Returns:
        (B, N, D); with `by_kind` a dictionary of `table` (1, C, D), with C = prod (sizes[k] + 1),
        and `kinds` (B, N) int32.

    Raises:
        ValueError: if a size is not positive, or the columns do not match the sizes.

    Example:
        >>> import numpy as np
        >>> layer = CategoricalEmbedding([3, 5], units=4)
        >>> tuple(layer(np.array([[[0, 4], [2, 1]]])).shape)
        (1, 2, 4)
    """

    def __init__(self, sizes, units, initializer=None, **kwargs):
        super().__init__(**kwargs)
        for size in sizes:
            check_positive("sizes", size)
        check_positive("units", units)
        self.supports_masking = True
        self.sizes = list(sizes)
        self.units = units
        self.initializer = keras.initializers.get(initializer)

    def build(self, categories_shape):
        if len(self.sizes) > 1 and categories_shape[-1] != len(self.sizes):
            raise ValueError(
                "categories must have one column for each of sizes. Give all columns. Received: "
                f"{categories_shape[-1]} columns for {len(self.sizes)} sizes"
            )
        self.table = self.add_weight(
            name="table",
            shape=(sum(self.sizes), self.units),
            initializer=self.initializer
            or keras.initializers.RandomNormal(stddev=len(self.sizes) ** -0.5),
        )

    def call(self, categories, by_kind=False):
        shape = self._without_columns(ops.shape(categories), categories.shape)
        categories = graph_ops.reshape(ops.cast(categories, "int32"), (-1, len(self.sizes)))
        table = ops.convert_to_tensor(self.table)
        if by_kind:
            table, kinds = self._kinds(table, categories)
            return {"table": table[None], "kinds": graph_ops.reshape(kinds, shape)}
        table = ops.concatenate([ops.zeros((1, self.units), table.dtype), table])
        rows = ops.maximum(categories + 1, 0)  # (B N, K)
        if len(self.sizes) > 1:
            starts = list(itertools.accumulate([0, *self.sizes[:-1]]))  # rows before each column's
            rows = ops.where(rows > 0, rows + ops.convert_to_tensor(starts, dtype="int32"), 0)
        total = graph_ops.gather_rows(table, graph_ops.reshape(rows, (-1,)))
        if len(self.sizes) > 1:
            total = ops.sum(graph_ops.reshape(total, (-1, len(self.sizes), self.units)), axis=1)
        return graph_ops.reshape(total, (*shape, self.units))

    def _kinds(self, table, categories):
        """The sums of all combinations of categories, and which of them each row (n, K) is."""
        nothing = sums = ops.zeros((1, self.units), table.dtype)
        kinds, start = 0, 0
        for column, size in enumerate(self.sizes):
            rows = ops.concatenate([nothing, table[start : start + size]])
            sums = graph_ops.reshape(sums[:, None] + rows, (-1, self.units))
            kinds = kinds * (size + 1) + ops.clip(categories[:, column] + 1, 0, size)
            start += size
        return sums, kinds

    @property
    def num_kinds(self):
        """Number of combinations of categories, an unknown one in each column among them."""
        return math.prod(size + 1 for size in self.sizes)

    def compute_output_spec(self, categories, by_kind=False):
        lead = self._without_columns(categories.shape, categories.shape)
        if by_kind:
            table = keras.KerasTensor((1, self.num_kinds, self.units), dtype=self.compute_dtype)
            return {"table": table, "kinds": keras.KerasTensor(lead, dtype="int32")}
        return keras.KerasTensor((*lead, self.units), dtype=self.compute_dtype)

    def _without_columns(self, shape, static_shape):
        """The shape without its axis of columns, which a single column may leave out."""
        left_out = len(self.sizes) == 1 and (len(static_shape) < 3 or static_shape[-1] != 1)
        return shape if left_out else shape[:-1]

    def get_config(self):
        return {
            **super().get_config(),
            "sizes": self.sizes,
            "units": self.units,
            "initializer": keras.initializers.serialize(self.initializer),
        }
