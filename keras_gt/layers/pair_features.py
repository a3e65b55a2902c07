import keras

from keras_gt import ops as graph_ops
from keras_gt.ops.edge_sets import MAX_PAIR_ELEMENTS, check_edge_keys


@keras.saving.register_keras_serializable(package="keras_gt")
class PairFeatures(keras.layers.Layer):
    """Lays the features of edges out as dense pairs: entry [i, j] is the sum over the edges j -> i.

        p_ij = sum of e_ij over the edges j -> i, 0 where there is none

    The bridge from edge lists to dense attention: a model on the complete graph reads the features
    of the real edges among its pair features. Masked edges add nothing.

    Args:
        max_pair_elements: int, the largest pair tensor that is built; default 2^28.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        node_features: (B, N, F), only its shape is used.
        edges: dictionary with `senders` and `receivers` (B, E) and optional `mask`.
        edge_features: (B, E, C) float.

    Returns:
        (B, N, N, C).

    Raises:
        ValueError: for edges without senders or receivers, or a result above max_pair_elements.

    Example:
        >>> import keras
        >>> import numpy as np
        >>> edges = {"senders": np.array([[0, 0]]), "receivers": np.array([[1, 1]])}
        >>> features = np.array([[[2.0], [3.0]]], "float32")
        >>> pairs = PairFeatures()(np.ones((1, 2, 4), "float32"), edges, features)
        >>> keras.ops.convert_to_numpy(pairs)[0, :, :, 0].tolist()
        [[0.0, 0.0], [5.0, 0.0]]
    """

    def __init__(self, max_pair_elements=MAX_PAIR_ELEMENTS, **kwargs):
        super().__init__(**kwargs)
        self.max_pair_elements = max_pair_elements
        self.supports_masking = True
        self.built = True

    def call(self, node_features, edges, edge_features):
        check_edge_keys(edges)
        return graph_ops.pair_sum(edge_features, edges, node_features, self.max_pair_elements)

    def compute_mask(self, inputs, previous_mask):
        return None  # the nodes' mask ends here

    def compute_output_spec(self, node_features, edges, edge_features):
        check_edge_keys(edges)
        rows, nodes = node_features.shape[0], node_features.shape[1]
        shape = (rows, nodes, nodes, edge_features.shape[-1])
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self):
        return {**super().get_config(), "max_pair_elements": self.max_pair_elements}
