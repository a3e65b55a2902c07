import keras
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.layers.graph_layer import GraphLayer, check_each_edge, check_positive


@keras.saving.register_keras_serializable(package="keras_gt")
class PersistentMemory(GraphLayer):
    """Lets every node read learned memory nodes beside its neighbours.

    The memory nodes are sources: everybody reads them, they read nobody, and their features are
    weights, the same for all graphs. For attention over the neighbours N(i) and S memory nodes m_s,

        h_i' = A(h_i, {h_j : j in N(i)} and {m_1, ..., m_S})

    where A is any aggregation of this package. Such vectors can hold what a feed-forward holds, so
    that a Transformer of attention alone is as good; they also give a node without neighbours, or
    a head without a use for them, something to read.

    The paper learns a key and a value for each memory; here both are projected from one vector, as
    they are for every other node. Edges from memory nodes have the edge features and the bias 0.

    Args:
        aggregation: a layer of this package that reads edges and does not update them.
        num_nodes: int S, the memory nodes.
        initializer: initializer of their features.
        **kwargs: of `GraphLayer`.

    Call arguments:
        As `GraphLayer`.

    Returns:
        What the aggregation returns; attention weights of the given edges alone, so that a
        node's weights sum to 1 less what goes to the memory.

    Raises:
        ValueError: if num_nodes is not positive, or the aggregation updates edges.

    Example:
        >>> import numpy as np
        >>> from keras_gt.layers import MultiHeadAggregation
        >>> layer = PersistentMemory(MultiHeadAggregation(2, 4, output_dim=5), num_nodes=3)
        >>> tuple(layer(np.ones((1, 7, 5), "float32")).shape)
        (1, 7, 5)

    Reference:
        Sukhbaatar et al., Augmenting Self-attention with Persistent Memory, 2019,
        https://arxiv.org/abs/1907.01470.
    """

    def __init__(self, aggregation, num_nodes, initializer="random_normal", **kwargs):
        super().__init__(**kwargs)
        check_positive("num_nodes", num_nodes)
        if aggregation.updates_edges:
            raise ValueError(
                "aggregation must not update edges, for those to memory nodes have no features. "
                f"Use MultiHeadAggregation. Received: aggregation={type(aggregation).__name__}"
            )
        self.aggregation = aggregation
        self.num_nodes = num_nodes
        self.initializer = keras.initializers.get(initializer)

    def build(self, node_features_shape, edge_features_shape=None, sender_features_shape=None):
        check_each_edge(self, edge_features_shape)
        sender_shape = sender_features_shape or node_features_shape
        self.memory = self.add_weight(
            name="memory",
            shape=(self.num_nodes, sender_shape[-1]),
            initializer=self.initializer.clone(),
        )
        shapes = {"sender_features_shape": (*sender_shape[:-2], None, sender_shape[-1])}
        if edge_features_shape is not None:
            shapes["edge_features_shape"] = edge_features_shape
        if not self.aggregation.built:
            self.aggregation.build(node_features_shape, **shapes)

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
    ):
        edge_set = self.resolve(node_features, edges, sender_features, node_mask)
        senders = node_features if sender_features is None else sender_features
        receivers, others = ops.shape(node_features)[1], ops.shape(senders)[1]
        joined = graph_ops.SourceEdges(edges, edge_set.edge_mask, receivers, others, self.num_nodes)
        if edge_features is not None:
            edge_features = joined.widen_features(edge_features)
        if attention_bias is not None:
            attention_bias = joined.widen_bias(attention_bias)
        rows = ops.shape(senders)[0]
        memory = ops.broadcast_to(
            ops.cast(self.memory, senders.dtype)[None], (rows, *self.memory.shape)
        )
        result = self.aggregation(
            node_features,
            joined.edges,
            edge_features,
            sender_features=ops.concatenate([senders, memory], axis=1),  # (B, M + S, F)
            node_mask=node_mask,
            attention_bias=attention_bias,
            training=training,
            return_attention_scores=return_attention_scores,
        )
        if not return_attention_scores:
            return result
        result, scores = result
        return result, joined.given_scores(scores)

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
    ):
        return self.aggregation.compute_output_spec(
            node_features,
            edges,
            edge_features,
            sender_features=sender_features,
            return_attention_scores=return_attention_scores,
        )

    def get_config(self):
        return {
            **super().get_config(),
            "aggregation": keras.saving.serialize_keras_object(self.aggregation),
            "num_nodes": self.num_nodes,
            "initializer": keras.initializers.serialize(self.initializer),
        }

    @classmethod
    def from_config(cls, config):
        aggregation = keras.saving.deserialize_keras_object(config["aggregation"])
        return cls(**{**config, "aggregation": aggregation})
