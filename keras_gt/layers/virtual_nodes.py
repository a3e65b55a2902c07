import keras
from keras import ops

from keras_gt.layers.graph_layer import check_positive


@keras.saving.register_keras_serializable(package="keras_gt")
class VirtualNodes(keras.layers.Layer):
    """Puts learned nodes before the nodes of each graph, joined with all of them.

    A virtual node t has features and pair features of its own, v_t and c_t:

        c_ti = c_it = c_t for a node i,    c_tu = (c_t + c_u) / 2 for another virtual node u

    With one node this is Graphormer's graph token, where the pair features are a score bias; with
    several the virtual nodes of EGT. A row must hold one graph.

    Args:
        num_nodes: int T, the virtual nodes of each graph.
        initializer: initializer of both kinds of features.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        node_features: (B, N, F) float.
        pair_features: (B, N, N, C) float.
        node_mask: (B, N) bool or None.
        graph_mask: (B, 1) bool or None, only its width is checked.

    Returns:
        ((B, T + N, F) nodes, (B, T + N, T + N, C) pairs, (B, T + N) bool node mask).

    Raises:
        ValueError: if num_nodes is not positive, or rows hold several graphs.

    Example:
        >>> import numpy as np
        >>> layer = VirtualNodes(2)
        >>> nodes, pairs, mask = layer(np.ones((1, 3, 4)), np.ones((1, 3, 3, 5)))
        >>> tuple(nodes.shape), tuple(pairs.shape), tuple(mask.shape)
        ((1, 5, 4), (1, 5, 5, 5), (1, 5))

    Reference:
        Hussain, Zaki and Subramanian, 2022, https://arxiv.org/abs/2108.03348, its virtual nodes.
        Ying et al., 2021, https://arxiv.org/abs/2106.05234, section 3.2.
    """

    def __init__(self, num_nodes=1, initializer="random_normal", **kwargs):
        super().__init__(**kwargs)
        check_positive("num_nodes", num_nodes)
        self.supports_masking = True
        self.num_nodes = num_nodes
        self.initializer = keras.initializers.get(initializer)

    def build(self, node_features_shape, pair_features_shape):
        self.nodes = self._add("nodes", node_features_shape[-1])
        self.pairs = self._add("pairs", pair_features_shape[-1])

    def _add(self, name, width):
        return self.add_weight(
            name=name, shape=(self.num_nodes, width), initializer=self.initializer.clone()
        )

    def call(self, node_features, pair_features, node_mask=None, graph_mask=None):
        self._check_one_graph(graph_mask)
        rows, size = ops.shape(node_features)[0], ops.shape(node_features)[1]
        count = self.num_nodes
        virtual = ops.cast(self.nodes, node_features.dtype)[None]
        virtual = ops.broadcast_to(virtual, (rows, count, virtual.shape[-1]))
        nodes = ops.concatenate([virtual, node_features], axis=1)  # (B, T + N, F)

        pair = ops.cast(self.pairs, pair_features.dtype)
        width = pair.shape[-1]
        among = (pair[:, None] + pair[None]) / 2  # (T, T, C)
        among = ops.broadcast_to(among[None], (rows, count, count, width))
        reads = ops.broadcast_to(pair[None, :, None], (rows, count, size, width))
        read = ops.broadcast_to(pair[None, None], (rows, size, count, width))
        top = ops.concatenate([among, reads], axis=2)  # (B, T, T + N, C)
        rest = ops.concatenate([read, pair_features], axis=2)  # (B, N, T + N, C)
        pairs = ops.concatenate([top, rest], axis=1)  # (B, T + N, T + N, C)

        real = ops.ones((rows, size), dtype="bool") if node_mask is None else node_mask
        real = [ops.ones((rows, count), dtype="bool"), ops.cast(real, "bool")]
        return nodes, pairs, ops.concatenate(real, axis=1)

    def _check_one_graph(self, graph_mask):
        if graph_mask is not None and graph_mask.shape[1] not in (1, None):
            raise ValueError(
                "graph_mask must have a width of 1 for virtual nodes. Lay one graph in each row, "
                "GraphLoader(..., rows=graphs_per_batch). Received: graph_mask of shape "
                f"{tuple(graph_mask.shape)}"
            )

    def compute_mask(self, inputs, previous_mask):
        return None  # the new mask is a result

    def compute_output_spec(self, node_features, pair_features, node_mask=None, graph_mask=None):
        self._check_one_graph(graph_mask)
        rows, size, width = node_features.shape
        size = None if size is None else size + self.num_nodes
        nodes = keras.KerasTensor((rows, size, width), dtype=self.compute_dtype)
        pairs_shape = (rows, size, size, pair_features.shape[-1])
        pairs = keras.KerasTensor(pairs_shape, dtype=self.compute_dtype)
        return nodes, pairs, keras.KerasTensor((rows, size), dtype="bool")

    def get_config(self):
        return {
            **super().get_config(),
            "num_nodes": self.num_nodes,
            "initializer": keras.initializers.serialize(self.initializer),
        }
