import keras
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.layers.graph_layer import check_choice
from keras_gt.ops.edge_sets import MAX_PAIR_ELEMENTS


@keras.saving.register_keras_serializable(package="keras_gt")
class PairMask(keras.layers.Layer):
    """The (B, N, N) adjacency of each row: its edges as a dense mask, or its complete graphs.

    Dense attention over a mask is faster than edge lists where graphs are small and dense; the
    numbers are the same as long as no edge is stored twice.

    Args:
        pairs: "edges" for the edge list as a mask, "complete" for every pair of real nodes of
            the same graph.
        max_pair_elements: int, the largest adjacency that is built; default 2^28.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        node_features: (B, N, F), only its shape is used.
        edges: dictionary with `senders` and `receivers` (B, E) and optional `mask`; used for
            "edges".
        node_mask: (B, N) bool or None.
        graph_ids: (B, N) int32 for packed rows, or None; used for "complete".

    Returns:
        (B, N, N) bool, true where node n may read node m; false for all pairs with padding, so
        that norms over pairs may use it.

    Raises:
        ValueError: for an unknown `pairs` or an adjacency above max_pair_elements.

    Example:
        >>> import numpy as np
        >>> edges = {"senders": np.array([[0]]), "receivers": np.array([[1]])}
        >>> int(PairMask("edges")(np.ones((1, 2, 3), "float32"), edges)[0, 1, 0])
        1
    """

    def __init__(self, pairs="complete", max_pair_elements=MAX_PAIR_ELEMENTS, **kwargs):
        super().__init__(**kwargs)
        check_choice("pairs", pairs, ("edges", "complete"))
        self.pairs = pairs
        self.max_pair_elements = max_pair_elements
        self.supports_masking = True
        self.built = True

    def call(self, node_features, edges=None, node_mask=None, graph_ids=None):
        if self.pairs == "edges":
            ones = ops.ones_like(edges["senders"], dtype="float32")[..., None]  # (B, E, 1)
            count = graph_ops.pair_sum(ones, edges, node_features, self.max_pair_elements)
            return count[..., 0] > 0
        graph_ops.DenseEdges(
            None, node_features, node_features, max_pair_elements=self.max_pair_elements
        )  # refuses what is too large before it is built
        rows, nodes = ops.shape(node_features)[0], ops.shape(node_features)[1]
        mask = ops.ones((rows, nodes, nodes), dtype="bool")
        if graph_ids is not None:
            same = ops.equal(graph_ids[:, :, None], graph_ids[:, None, :])  # (B, N, N)
            mask = ops.logical_and(mask, same)
        if node_mask is not None:
            real = ops.cast(node_mask, "bool")
            mask = ops.logical_and(mask, real[:, None, :])
            mask = ops.logical_and(mask, real[:, :, None])  # norms over pairs see real ones alone
        return mask

    def compute_mask(self, inputs, previous_mask):
        return None  # the nodes' mask ends here

    def compute_output_spec(self, node_features, edges=None, node_mask=None, graph_ids=None):
        rows, nodes = node_features.shape[0], node_features.shape[1]
        return keras.KerasTensor((rows, nodes, nodes), dtype="bool")

    def get_config(self):
        return {
            **super().get_config(),
            "pairs": self.pairs,
            "max_pair_elements": self.max_pair_elements,
        }
