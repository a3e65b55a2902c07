import keras
from keras import ops

from keras_gt.layers.graph_layer import serialized_policy


@keras.saving.register_keras_serializable(package="keras_gt")
class HopReadout(keras.layers.Layer):
    """Reduces the tokens of each node to one vector: its own, and the other hops by attention.

        h' = h_0 + sum_k a_k h_k,   a_k = softmax_k(w . [h_0, h_k] + b)

    over the hops k = 1, 2, ... of one node, with [,] side by side. What w and b give for h_0 is
    the same for all k, so the softmax does not see it; the paper has it, and so has this layer.

    Args:
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        tokens: (B, N, T, D) float, token 0 the node's own; T is at least 2.

    Returns:
        (B, N, D).

    Raises:
        ValueError: if there is no hop beside the node's own token.

    Example:
        >>> import numpy as np
        >>> tuple(HopReadout()(np.ones((1, 3, 4, 5), "float32")).shape)
        (1, 3, 5)

    Reference:
        Chen et al., NAGphormer: A Tokenized Graph Transformer for Node Classification in Large
        Graphs, 2023, https://arxiv.org/abs/2206.04910, its attention-based readout.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.score = keras.layers.Dense(1, dtype=self.dtype_policy, name="score")

    def build(self, tokens_shape):
        if tokens_shape[2] < 2:
            raise ValueError(
                "tokens must hold at least one hop beside the node's own. Compute hop_features "
                f"with hops=1 or more. Received: tokens of shape {tuple(tokens_shape)}"
            )
        self.score.build((*tokens_shape[:-1], 2 * tokens_shape[-1]))

    def call(self, tokens):
        own, hops = tokens[:, :, :1], tokens[:, :, 1:]  # (B, N, 1, D), (B, N, T - 1, D)
        pairs = ops.concatenate([ops.broadcast_to(own, ops.shape(hops)), hops], axis=-1)
        scores = ops.cast(self.score(pairs), "float32")  # (B, N, T - 1, 1)
        # not ops.softmax: it warns of a single hop, whose weight is always 1
        powers = ops.exp(scores - ops.stop_gradient(ops.max(scores, axis=2, keepdims=True)))
        weights = ops.cast(powers / ops.sum(powers, axis=2, keepdims=True), hops.dtype)
        read = ops.sum(weights * hops, axis=2)  # (B, N, D)
        return own[:, :, 0] + read

    def compute_output_spec(self, tokens):
        shape = (*tokens.shape[:2], tokens.shape[-1])
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self):
        return {**super().get_config(), "dtype": serialized_policy(self)}
