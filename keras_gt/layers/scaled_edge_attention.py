import keras
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.layers.clipped_exponential import EPSILON, clipped_exponential
from keras_gt.layers.dropout import Dropout, drop
from keras_gt.layers.graph_layer import (
    GraphLayer,
    check_edge_features,
    check_positive,
    project,
    query_key_value,
    split_heads,
)


@keras.saving.register_keras_serializable(package="keras_gt")
class ScaledEdgeAttention(GraphLayer):
    """Dot-product attention whose scores edge features scale, over edges and virtual nodes.

    Exphormer's attention. With products over the K entries of a head,

        w(q, k, e) = exp(clip(sum (q * k / sqrt(K)) * E e, -5, 5))
        w_ij = w(Q h_i, K h_j, e_ij),  w_it = w(Q h_i, K u_t, c_t),  w_ti = w(Q u_t, K h_i, d_t)
        h_i' = (sum_j w_ij V h_j + sum_t w_it V u_t) / (sum_j w_ij + sum_t w_it + 1e-6)
        u_t' = sum_i w_ti V h_i / (sum_i w_ti + 1e-6)

    over the edges j -> i, the virtual nodes u_t of the graph of i, and the nodes i of the graph of
    u_t. The heads are concatenated. c_t are the features of the edges from u_t, d_t of those to
    it: learned, such as `VirtualNodeFeatures`. `EdgeAttention` has the same scores, and projections
    after them, and updates the edges.

    The clipping and the 1e-6 are the authors' code's: where no score is clipped the weights are the
    softmax to 1e-6. Masked and isolated nodes read the virtual nodes alone, and get 0 without any.

    Args:
        num_heads: int, the number of heads H.
        head_dim: int, the size K of each head.
        dropout: float in [0, 1), dropout on the attention weights in training.
        seed: int or None, the seed of the dropout.
        **kwargs: of `GraphLayer`.

    Call arguments:
        As `GraphLayer`; `edge_features` are required. Beside:
        virtual_nodes: (B, G, T, F), the features u of the virtual nodes of each graph of a row, or
            None.
        virtual_edges: (B, 2, T, C), their c and d, as wide as edge features; with virtual nodes.
        graph_ids: (B, N) int32, the graph of each node in packed rows, or None.
        graph_mask: (B, G) bool, only its width G is used; required with `graph_ids`.

    Returns:
        (B, N, H K); with virtual nodes a second entry, theirs, (B, G, T, H K); with
        `return_attention_scores` a last entry, the attention weights of the edges, which sum to 1
        less what goes to the virtual nodes.

    Raises:
        ValueError: for sizes that are not positive, missing edge features, virtual nodes without
            edges or beside sender features.

    Example:
        >>> import numpy as np
        >>> layer = ScaledEdgeAttention(num_heads=2, head_dim=4)
        >>> edges = {"senders": np.array([[0, 1]]), "receivers": np.array([[1, 2]])}
        >>> h, e = np.ones((1, 3, 5), "float32"), np.ones((1, 2, 3), "float32")
        >>> tuple(layer(h, edges, e).shape)
        (1, 3, 8)

    Reference:
        Shirzad et al., Exphormer: Sparse Transformers for Graphs, 2023,
        https://arxiv.org/abs/2303.06147, section 3.
    """

    def __init__(self, num_heads, head_dim, dropout=0.0, seed=None, **kwargs):
        super().__init__(**kwargs)
        check_positive("num_heads", num_heads)
        check_positive("head_dim", head_dim)
        self.num_heads = num_heads
        self.head_dim = head_dim
        self.dropout = dropout
        self.seed = seed
        self.drop = Dropout(dropout, seed=seed, dtype=self.dtype_policy, name="drop")
        self.query, self.key, self.value, self.edge = (
            keras.layers.Dense(
                num_heads * head_dim, use_bias=False, dtype=self.dtype_policy, name=name
            )
            for name in ("query", "key", "value", "edge")
        )

    def build(self, node_features_shape, edge_features_shape=None, sender_features_shape=None):
        check_edge_features(self, edge_features_shape)
        sender_shape = sender_features_shape or node_features_shape
        self.query.build(node_features_shape)
        self.key.build(sender_shape)
        self.value.build(sender_shape)
        self.edge.build(edge_features_shape)

    def call(
        self,
        node_features,
        edges=None,
        edge_features=None,
        *,
        sender_features=None,
        node_mask=None,
        attention_bias=None,
        training=None,
        return_attention_scores=False,
        virtual_nodes=None,
        virtual_edges=None,
        graph_ids=None,
        graph_mask=None,
    ):
        self._check_virtual(virtual_nodes, virtual_edges, sender_features)
        edge_set = self.resolve(node_features, edges, sender_features, node_mask)
        query, key, value = self._projected(node_features, sender_features)  # (B, N, H K)
        edge = project(self.edge, edge_features)  # (B, E, H K)
        _, scores = edge_set.products(query, key, edge, self.num_heads, keep=False)  # (B, E, H)
        if attention_bias is not None:
            scores = scores + edge_set.per_edge(attention_bias)
        weights = clipped_exponential(scores)  # (B, E, H)
        query, key, value = (split_heads(x, self.num_heads) for x in (query, key, value))
        others, read, outputs = EPSILON, None, ()
        if virtual_nodes is not None:
            groups = graph_ops.NodeGroups(node_mask, graph_ids, graph_mask)
            parts = self._virtual(query, key, value, virtual_nodes, virtual_edges, groups, training)
            others, outputs = parts[1] + EPSILON, (self._flat(parts[2]),)
            total = ops.cast(edge_set.sum(weights), others.dtype) + others  # (B, N, H)
            read = parts[0] / total[..., None]  # (B, N, H, K)
        weights = edge_set.shares(weights, others)
        nodes = edge_set.aggregate(drop(self.drop, weights, training), value)  # (B, N, H, K)
        nodes = nodes if read is None else ops.cast(nodes, read.dtype) + read
        outputs = (self._flat(nodes), *outputs)
        if return_attention_scores:
            outputs += (ops.cast(weights, self.compute_dtype),)
        return outputs if len(outputs) > 1 else outputs[0]

    def _projected(self, nodes, senders):
        """Query, scaled, key and value of the heads: (..., H K) each."""
        layers = (self.query, self.key, self.value)
        query, key, value = query_key_value(layers, nodes, senders)
        return query * self.head_dim**-0.5, key, value

    def _virtual(self, query, key, value, virtual_nodes, virtual_edges, groups, training):
        """(what nodes read of virtual nodes, the sum of its weights, the virtual nodes' heads)."""
        rows, _, count, width = ops.shape(virtual_nodes)
        flat = graph_ops.reshape(virtual_nodes, (rows, -1, width))  # (B, G T, F)
        heads = (self.num_heads, self.head_dim)
        virtual_query, virtual_key, virtual_value = (
            graph_ops.reshape(x, (rows, -1, count, *heads)) for x in self._projected(flat, None)
        )  # (B, G, T, H, K)
        edge = split_heads(self.edge(virtual_edges), self.num_heads)  # (B, 2, T, H, K)

        joint = query[:, :, None] * groups.of_nodes(virtual_key * edge[:, :1])  # (B, N, T, H, K)
        weights = clipped_exponential(ops.sum(joint, axis=-1))  # (B, N, T, H)
        messages = drop(self.drop, weights, training)[..., None] * groups.of_nodes(virtual_value)
        nodes, total = (ops.cast(ops.sum(x, axis=2), "float32") for x in (messages, weights))

        joint = key[:, :, None] * groups.of_nodes(virtual_query * edge[:, 1:])  # (B, N, T, H, K)
        weights = clipped_exponential(ops.sum(joint, axis=-1))  # (B, N, T, H)
        messages = drop(self.drop, weights, training)[..., None] * value[:, :, None]
        read = groups.sum(messages) / (groups.sum(weights)[..., None] + EPSILON)
        return nodes, total, read  # (B, N, H, K), (B, N, H), (B, G, T, H, K)

    def _flat(self, x):
        """(..., H, K) as (..., H K) in the type of the results."""
        shape = (*ops.shape(x)[:-2], self.num_heads * self.head_dim)
        return graph_ops.reshape(ops.cast(x, self.compute_dtype), shape)

    def _check_virtual(self, virtual_nodes, virtual_edges, sender_features):
        if virtual_nodes is None:
            return
        self.refuse(sender_features=sender_features)
        if virtual_edges is None:
            raise ValueError(
                "virtual_edges must be given with virtual_nodes. VirtualNodeFeatures makes both. "
                "Received: virtual_edges=None"
            )

    def compute_output_spec(
        self,
        node_features,
        edges=None,
        edge_features=None,
        *,
        sender_features=None,
        node_mask=None,
        attention_bias=None,
        training=None,
        return_attention_scores=False,
        virtual_nodes=None,
        virtual_edges=None,
        graph_ids=None,
        graph_mask=None,
    ):
        check_edge_features(self, edge_features)
        self._check_virtual(virtual_nodes, virtual_edges, sender_features)
        width = self.num_heads * self.head_dim
        outputs = [keras.KerasTensor((*node_features.shape[:-1], width), self.compute_dtype)]
        if virtual_nodes is not None:
            shape = (*virtual_nodes.shape[:-1], width)
            outputs.append(keras.KerasTensor(shape, self.compute_dtype))
        if return_attention_scores:
            outputs.append(self.scores_spec(node_features, edges, sender_features, self.num_heads))
        return tuple(outputs) if len(outputs) > 1 else outputs[0]

    def get_config(self):
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "head_dim": self.head_dim,
            "dropout": self.dropout,
            "seed": self.seed,
        }
