import keras
from keras import ops

from keras_gt.layers.graph_layer import serialized_policy


@keras.saving.register_keras_serializable(package="keras_gt")
class CausalPairs(keras.layers.Layer):
    """Lets each node read itself and those before it, where no other edges are given.

    A decoder whose edges are optional inputs calls it first: edges that are given take the place
    of the causal ones.

    Args:
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        node_features: (B, N, D), only its shape is used.
        senders: (B, E) int32 of the edge lists, or None.
        adjacency: (B, N, N), or None.

    Returns:
        (B, N, N) bool, true at [i, j] where j <= i; the adjacency itself where it is given; None
        where there are senders.

    Example:
        >>> import keras, numpy as np
        >>> pairs = CausalPairs()(np.ones((1, 3, 2), "float32"))
        >>> keras.ops.convert_to_numpy(pairs)[0].astype(int).tolist()
        [[1, 0, 0], [1, 1, 0], [1, 1, 1]]

    Reference:
        Vaswani et al., Attention Is All You Need, 2017, https://arxiv.org/abs/1706.03762,
        section 3.2.3.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.built = True

    def call(self, node_features, senders=None, adjacency=None):
        if adjacency is not None or senders is not None:
            return adjacency
        rows, nodes = ops.shape(node_features)[0], ops.shape(node_features)[1]
        place = ops.arange(nodes, dtype="int32")
        before = ops.less_equal(place[None], place[:, None])  # (N, N)
        return ops.broadcast_to(before[None], (rows, nodes, nodes))

    def compute_mask(self, inputs, previous_mask):
        return None  # the nodes' mask ends here

    def compute_output_spec(self, node_features, senders=None, adjacency=None):
        rows, nodes = node_features.shape[0], node_features.shape[1]
        return keras.KerasTensor((rows, nodes, nodes), dtype="bool")

    def get_config(self):
        return {**super().get_config(), "dtype": serialized_policy(self)}
