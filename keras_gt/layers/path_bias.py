import keras
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.layers.graph_layer import check_positive


@keras.saving.register_keras_serializable(package="keras_gt")
class PathBias(keras.layers.Layer):
    """A score bias from the edges along the shortest path between two nodes.

        c_ij = 1 / n_ij sum_l W_l x(e_l),    l = 1, ..., n_ij

    with e_l the l-th edge of the path, counted from receiver i to sender j, x a learned vector of
    H entries for each category, averaged over the columns, and W_l an (H, H) matrix for each place
    on the path. Pairs without a path, and a node with itself, get 0. Graphormer's edge encoding;
    the authors' code also adds a random constant for each place behind the end of a path, which is
    not in the paper and not here.

    Args:
        num_heads: int, the number of heads H.
        sizes: list of int, the number of categories of each of the K columns.
        initializer: initializer of vectors and matrices.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        paths: (B, N, N, L K) int32, the categories of the at most L edges along each path, the
            edge into the receiver first; -1 behind the end of a path. See
            `keras_gt.graph.shortest_path_features`.

    Returns:
        (B, N, N, H).

    Raises:
        ValueError: for sizes that are not positive, or a width of the paths that is no multiple
            of their number.

    Example:
        >>> import numpy as np
        >>> paths = np.array([[[[-1, -1], [2, -1]], [[0, 1], [-1, -1]]]])
        >>> tuple(PathBias(4, sizes=[3])(paths).shape)
        (1, 2, 2, 4)

    Reference:
        Ying et al., Do Transformers Really Perform Bad for Graph Representation?, 2021,
        https://arxiv.org/abs/2106.05234, section 3.1.3, equation 7.
    """

    def __init__(self, num_heads, sizes, initializer="random_normal", **kwargs):
        super().__init__(**kwargs)
        check_positive("num_heads", num_heads)
        for size in sizes:
            check_positive("sizes", size)
        self.supports_masking = True
        self.num_heads = num_heads
        self.sizes = list(sizes)
        self.initializer = keras.initializers.get(initializer)

    def build(self, paths_shape):
        heads, length = self.num_heads, self._length(paths_shape)
        self.vectors = self._add("vectors", (sum(self.sizes), heads))
        self.matrices = self._add("matrices", (length, heads, heads))

    def _length(self, shape):
        """int L, the most edges of a path."""
        if shape[-1] % len(self.sizes):
            raise ValueError(
                "paths must have one column for each of sizes and edge. Give all columns. "
                f"Received: {shape[-1]} columns for {len(self.sizes)} sizes"
            )
        return shape[-1] // len(self.sizes)

    def _add(self, name, shape):
        return self.add_weight(name=name, shape=shape, initializer=self.initializer.clone())

    def call(self, paths):
        rows, nodes, width = ops.shape(paths)[0], ops.shape(paths)[1], paths.shape[3]
        columns, total = len(self.sizes), sum(self.sizes)
        paths = ops.cast(paths, "int32")
        known = paths >= 0
        # one table for each place: every category's vector, already multiplied
        tables = ops.matmul(self.vectors, self.matrices) / columns  # (L, total, H)
        starts = [sum(self.sizes[:column]) for column in range(columns)]  # first row of each column
        starts = [place * total + start for place in range(width // columns) for start in starts]
        index = ops.maximum(paths, 0) + ops.convert_to_tensor(
            starts, dtype="int32"
        )  # (B, N, N, LK)
        vectors = graph_ops.gather_rows(
            ops.reshape(tables, (-1, self.num_heads)), ops.reshape(index, (-1,))
        )
        vectors = ops.reshape(vectors, (rows, nodes, nodes, width, self.num_heads))
        bias = ops.sum(ops.where(known[..., None], vectors, ops.cast(0, vectors.dtype)), axis=3)
        length = ops.sum(ops.cast(known[..., ::columns], "float32"), axis=3)[..., None]  # n_ij
        return ops.cast(bias / ops.cast(ops.maximum(length, 1), bias.dtype), self.compute_dtype)

    def compute_mask(self, inputs, previous_mask):
        return None

    def compute_output_spec(self, paths):
        self._length(paths.shape)
        return keras.KerasTensor((*paths.shape[:3], self.num_heads), dtype=self.compute_dtype)

    def get_config(self):
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "sizes": self.sizes,
            "initializer": keras.initializers.serialize(self.initializer),
        }
