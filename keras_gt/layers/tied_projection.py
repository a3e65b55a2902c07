import keras
from keras import ops

from keras_gt.layers.graph_layer import serialized_policy


@keras.saving.register_keras_serializable(package="keras_gt")
class TiedProjection(keras.layers.Layer):
    """Scores each category by the vector that embeds it: the output layer of a language model.

        logits_i = E h_i, with E (V, D) the table of the embedding

    The layer has no weights of its own: it reads and trains those of the embedding.

    Args:
        embedding: `CategoricalEmbedding` of one column.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        node_features: (B, N, D) float.
        mask: (B, N) bool or None, attached to the result as the Keras mask.

    Returns:
        (B, N, V).

    Raises:
        ValueError: if the embedding has several columns.

    Example:
        >>> import numpy as np
        >>> from keras_gt.layers import CategoricalEmbedding
        >>> layer = TiedProjection(CategoricalEmbedding([7], units=4))
        >>> tuple(layer(np.ones((1, 3, 4), "float32")).shape)
        (1, 3, 7)

    Reference:
        Press and Wolf, Using the Output Embedding to Improve Language Models, 2017,
        https://arxiv.org/abs/1608.05859.
    """

    def __init__(self, embedding, **kwargs):
        super().__init__(**kwargs)
        if len(embedding.sizes) != 1:
            raise ValueError(
                "embedding must have one column of categories. Use one for the words alone. "
                f"Received: sizes={embedding.sizes}"
            )
        self.supports_masking = True
        self.embedding = embedding

    def build(self, node_features_shape):
        if not self.embedding.built:
            self.embedding.build(node_features_shape[:-1])

    def call(self, node_features, mask=None):
        table = ops.cast(ops.convert_to_tensor(self.embedding.table), node_features.dtype)
        width = node_features.shape[-1]
        flat = ops.matmul(ops.reshape(node_features, (-1, width)), ops.transpose(table))  # (B N, V)
        return ops.reshape(flat, (*ops.shape(node_features)[:-1], self.embedding.sizes[0]))

    def compute_output_spec(self, node_features, mask=None):
        shape = (*node_features.shape[:-1], self.embedding.sizes[0])
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self):
        return {
            **super().get_config(),
            "dtype": serialized_policy(self),
            "embedding": keras.saving.serialize_keras_object(self.embedding),
        }

    @classmethod
    def from_config(cls, config):
        embedding = keras.saving.deserialize_keras_object(config["embedding"])
        return cls(**{**config, "embedding": embedding})
