"""The symbolic inputs of a model of word graphs: tokens, and edges in any form or none."""

import keras

from keras_gt.layers import (
    CausalPairs,
    FeedForward,
    MultiHeadAggregation,
    TokenEmbedding,
    TransformerGraphBlock,
)
from keras_gt.models.graph_inputs import optional_input

_LISTS = ("senders", "receivers", "receiver_offsets", "sender_offsets", "sender_order")


class TextInputs:
    """Makes the inputs of a backbone of word graphs, by name, and embeds the tokens.

    A batch names what it has: nothing but tokens for the graph that the architecture is known by
    (complete, or causal); an `adjacency` or edge lists for any other.

    Args:
        dtype: the dtype policy of the layers.
        use_segments: bool, whether there are `segment_ids`.
    """

    def __init__(self, dtype, use_segments=False):
        self.dtype = dtype
        self.tensors = {"node_features": keras.Input((None,), dtype="int32", name="node_features")}
        for name in ("node_mask", "edge_mask"):
            self.tensors[name] = optional_input(name, "bool")
        for name in (*_LISTS, "position_ids", *(("segment_ids",) if use_segments else ())):
            self.tensors[name] = optional_input(name, "int32")
        self.tensors["adjacency"] = keras.Input(
            (None, None), dtype="bool", name="adjacency", optional=True
        )

    @property
    def node_mask(self):
        return self.tensors["node_mask"]

    @property
    def edges(self):
        """The edges argument of the layers; the complete graph where nothing is given."""
        edges = {name: self.tensors[name] for name in (*_LISTS, "adjacency")}
        return {**edges, "mask": self.tensors["edge_mask"]}

    def causal_edges(self, nodes):
        """The edges argument of the layers; the causal graph where nothing is given."""
        edges = self.edges
        layer = CausalPairs(dtype=self.dtype, name="causal_pairs")
        return {**edges, "adjacency": layer(nodes, edges["senders"], edges["adjacency"])}

    def embed(self, vocabulary_size, units, num_positions, **options):
        """The vectors of the tokens in their places: (B, N, D)."""
        layer = TokenEmbedding(
            vocabulary_size, units, num_positions, dtype=self.dtype, name="embedding", **options
        )
        return layer(
            self.tensors["node_features"],
            segment_ids=self.tensors.get("segment_ids"),
            position_ids=self.tensors["position_ids"],
        )


def transformer_block(name, hidden_dim, num_heads, head_dim, intermediate_dim, dtype, **options):
    """One Transformer layer on the edges, as checkpoints of Transformers have it.

    options: "activation", "epsilon", "residual", "dropout" and "attention_dropout".
    """
    initializer = keras.initializers.RandomNormal(stddev=0.02)
    return TransformerGraphBlock(
        MultiHeadAggregation(
            num_heads,
            head_dim,
            output_dim=hidden_dim,
            dropout=options["attention_dropout"],
            kernel_initializer=initializer,
            dtype=dtype,
            name="attention",
        ),
        FeedForward(
            intermediate_dim,
            activation=options["activation"],
            kernel_initializer=initializer,
            dtype=dtype,
            name="feed_forward",
        ),
        epsilon=options["epsilon"],
        residual=options["residual"],
        dropout=options["dropout"],
        dtype=dtype,
        name=name,
    )
