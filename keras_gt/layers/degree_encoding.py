import keras
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.layers.graph_layer import check_positive


@keras.saving.register_keras_serializable(package="keras_gt")
class DegreeEncoding(keras.layers.Layer):
    """Learned vectors for the number of edges that arrive at and leave each node.

        c_i = z_in[indegree(i)] + z_out[outdegree(i)]

    Graphormer's centrality encoding. In a symmetric graph both degrees are the same, and so the
    two tables one; the authors' code keeps both, and so does this layer. Repeated edges and
    self-loops count, masked edges do not.

    Args:
        units: int D.
        max_degree: int, the largest degree with a vector of its own; above, it is this one.
        initializer: initializer of the tables.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        node_features: (B, N, F), only its shape is used.
        edges: dictionary with `senders` and `receivers` (B, E) and optional `mask`.

    Returns:
        (B, N, D).

    Raises:
        ValueError: for sizes that are not positive.

    Example:
        >>> import numpy as np
        >>> edges = {"senders": np.array([[0]]), "receivers": np.array([[1]])}
        >>> tuple(DegreeEncoding(4, max_degree=8)(np.ones((1, 2, 3), "float32"), edges).shape)
        (1, 2, 4)

    Reference:
        Ying et al., Do Transformers Really Perform Bad for Graph Representation?, 2021,
        https://arxiv.org/abs/2106.05234, section 3.1.1, equation 5.
    """

    def __init__(self, units, max_degree, initializer="random_normal", **kwargs):
        super().__init__(**kwargs)
        check_positive("units", units)
        check_positive("max_degree", max_degree)
        self.supports_masking = True
        self.units = units
        self.max_degree = max_degree
        self.initializer = keras.initializers.get(initializer)

    def build(self, node_features_shape):
        shape = (self.max_degree + 1, self.units)
        self.arriving, self.leaving = (
            self.add_weight(name=name, shape=shape, initializer=self.initializer.clone())
            for name in ("arriving", "leaving")
        )

    def call(self, node_features, edges):
        ends = {"senders": edges["senders"], "receivers": edges["receivers"]}
        turned = {"senders": edges["receivers"], "receivers": edges["senders"]}
        total = 0
        for table, lists in ((self.arriving, ends), (self.leaving, turned)):
            edge_set = graph_ops.resolve_edges({**lists, "mask": edges.get("mask")}, node_features)
            degree = ops.reshape(edge_set.degree("float32"), (-1,))  # (B N,)
            row = ops.cast(ops.minimum(degree, self.max_degree), "int32")
            total = total + graph_ops.gather_rows(ops.convert_to_tensor(table), row)
        total = ops.cast(total, self.compute_dtype)
        return ops.reshape(total, (*ops.shape(node_features)[:2], self.units))

    def compute_mask(self, inputs, previous_mask):
        return None

    def compute_output_spec(self, node_features, edges):
        shape = (*node_features.shape[:2], self.units)
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "max_degree": self.max_degree,
            "initializer": keras.initializers.serialize(self.initializer),
        }
