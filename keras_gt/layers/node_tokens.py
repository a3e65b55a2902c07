import keras
from keras import ops

from keras_gt.layers.graph_layer import serialized_policy


@keras.saving.register_keras_serializable(package="keras_gt")
class NodeTokens(keras.layers.Layer):
    """Applies a block to the tokens of each node: the tokens read each other, the nodes do not.

    To the block the B N nodes are rows of a batch, each a complete graph of T tokens.

    Args:
        block: a layer of this package that reads edges and does not update them.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        tokens: (B, N, T, F) float.
        training: bool or None.

    Returns:
        (B, N, T, D), D the block's width.

    Raises:
        ValueError: if the block updates edges.

    Example:
        >>> import numpy as np
        >>> from keras_gt.layers import MultiHeadAggregation
        >>> layer = NodeTokens(MultiHeadAggregation(2, 4))
        >>> tuple(layer(np.ones((1, 3, 4, 5), "float32")).shape)
        (1, 3, 4, 8)

    Reference:
        Chen et al., NAGphormer: A Tokenized Graph Transformer for Node Classification in Large
        Graphs, 2023, https://arxiv.org/abs/2206.04910, section 3.2.
    """

    def __init__(self, block, **kwargs):
        super().__init__(**kwargs)
        if block.updates_edges:
            raise ValueError(
                "block must not update edges: tokens have none. Use MultiHeadAggregation or a "
                f"TransformerGraphBlock of it. Received: block={type(block).__name__}"
            )
        self.supports_masking = True
        self.block = block

    def build(self, tokens_shape):
        if not self.block.built:
            self.block.build((None, *tokens_shape[2:]))

    def call(self, tokens, training=None):
        nodes = ops.shape(tokens)[:2]
        flat = ops.reshape(tokens, (-1, *tokens.shape[2:]))  # (B N, T, F)
        result = self.block(flat, training=training)
        return ops.reshape(result, (*nodes, *result.shape[1:]))  # (B, N, T, D)

    def compute_output_spec(self, tokens, training=None):
        spec = self.block.compute_output_spec(keras.KerasTensor((None, *tokens.shape[2:])))
        shape = (*tokens.shape[:2], *spec.shape[1:])
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self):
        return {
            **super().get_config(),
            "dtype": serialized_policy(self),
            "block": keras.saving.serialize_keras_object(self.block),
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        config["block"] = keras.saving.deserialize_keras_object(config["block"])
        return cls(**config)
