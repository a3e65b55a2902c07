import keras
from keras import ops

from keras_gt.layers.graph_layer import check_positive


@keras.saving.register_keras_serializable(package="keras_gt")
class VirtualNodeFeatures(keras.layers.Layer):
    """The learned features of each graph's virtual nodes, and of the edges between them and it.

    All graphs begin with the same features: T virtual nodes, for each of them an edge vector that
    all edges from it share, and one of the edges to it. They stay beside the graph's own nodes,
    for an attention that takes them so (`ScaledEdgeAttention`): no readout counts them, and rows
    may hold several graphs.

    Args:
        num_nodes: int T, the virtual nodes of each graph.
        initializer: initializer of the features; None for a normal distribution of deviation 1,
            the authors'.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        node_features: (B, N, F), only its shape is used.
        graph_mask: (B, G) bool in packed rows, only its width G is used, or None for G = 1.

    Returns:
        ((B, G, T, F) nodes, (B, 2, T, F) edges, first those from the virtual nodes).

    Raises:
        ValueError: if num_nodes is not positive.

    Example:
        >>> import numpy as np
        >>> nodes, edges = VirtualNodeFeatures(2)(np.ones((1, 3, 4), "float32"))
        >>> tuple(nodes.shape), tuple(edges.shape)
        ((1, 1, 2, 4), (1, 2, 2, 4))

    Reference:
        Shirzad et al., Exphormer: Sparse Transformers for Graphs, 2023,
        https://arxiv.org/abs/2303.06147, section 3.
    """

    def __init__(self, num_nodes=1, initializer=None, **kwargs):
        super().__init__(**kwargs)
        check_positive("num_nodes", num_nodes)
        self.supports_masking = True
        self.num_nodes = num_nodes
        self.initializer = keras.initializers.get(
            initializer or keras.initializers.RandomNormal(stddev=1.0)
        )

    def build(self, node_features_shape):
        self.nodes, self.edges_from, self.edges_to = (
            self.add_weight(
                name=name,
                shape=(self.num_nodes, node_features_shape[-1]),
                initializer=self.initializer.clone(),
            )
            for name in ("nodes", "edges_from", "edges_to")
        )

    def call(self, node_features, graph_mask=None):
        rows = ops.shape(node_features)[0]
        graphs = 1 if graph_mask is None else ops.shape(graph_mask)[1]
        nodes = ops.cast(self.nodes, self.compute_dtype)[None, None]  # (1, 1, T, F)
        edges = [ops.cast(x, self.compute_dtype) for x in (self.edges_from, self.edges_to)]
        edges = ops.stack(edges)[None]  # (1, 2, T, F)
        return (
            ops.broadcast_to(nodes, (rows, graphs, *nodes.shape[2:])),
            ops.broadcast_to(edges, (rows, *edges.shape[1:])),
        )

    def compute_mask(self, inputs, previous_mask):
        return None  # the nodes' mask ends here

    def compute_output_spec(self, node_features, graph_mask=None):
        rows, _, width = node_features.shape
        graphs = 1 if graph_mask is None else graph_mask.shape[1]
        shapes = (rows, graphs, self.num_nodes, width), (rows, 2, self.num_nodes, width)
        return tuple(keras.KerasTensor(shape, self.compute_dtype) for shape in shapes)

    def get_config(self):
        return {
            **super().get_config(),
            "num_nodes": self.num_nodes,
            "initializer": keras.initializers.serialize(self.initializer),
        }
