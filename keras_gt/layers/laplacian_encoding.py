import keras
from keras import ops, random

from keras_gt.layers.feed_forward import FeedForward
from keras_gt.layers.graph_layer import check_positive, serialized_policy
from keras_gt.layers.multi_head_aggregation import MultiHeadAggregation
from keras_gt.layers.transformer_graph_block import TransformerGraphBlock


@keras.saving.register_keras_serializable(package="keras_gt")
class LaplacianEncoding(keras.layers.Layer):
    """Learns each node's positional encoding from the Laplacian's eigenvectors and eigenvalues.

    For node i the pairs (eigenvector entry, eigenvalue) are the tokens of a small Transformer:

        p_i = sum_m Transformer(W (s_m phi_im, lambda_m) + b)_m

    over the eigenpairs m that the graph has. s_m is a random sign for each row and eigenvector in
    training where `random_sign` is set, else 1: the sign of an eigenvector is arbitrary. (The
    authors' code draws one sign for the whole batch.)

    Args:
        units: int D, the width of the encoding.
        num_layers: int, the Transformer's layers.
        num_heads: int, its heads; units is a multiple.
        intermediate_dim: int, the width of its feed-forwards; 2048 is the authors'.
        dropout: float in [0, 1), on attention weights, in the feed-forwards and after each part.
        random_sign: bool, flips signs in training.
        seed: int or None, the seed of the signs.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        eigenvectors: (B, N, K) float, see `keras_gt.graph.laplacian_eigenvectors`.
        eigenvalues: (B, N, K) float, each node's copy of its graph's eigenvalues; below 0 where
            the graph has no such pair, see `keras_gt.graph.laplacian_eigenvalues`.
        training: bool or None.

    Returns:
        (B, N, D).

    Raises:
        ValueError: for sizes that are not positive, units that are no multiple of num_heads, or
            eigenvalues of another width than the eigenvectors.

    Example:
        >>> import numpy as np
        >>> layer = LaplacianEncoding(8, num_layers=1, num_heads=4, intermediate_dim=16)
        >>> vectors = np.ones((1, 3, 5), "float32")
        >>> tuple(layer(vectors, np.zeros((1, 3, 5), "float32")).shape)
        (1, 3, 8)

    Reference:
        Kreuzer et al., Rethinking Graph Transformers with Spectral Attention, 2021,
        https://arxiv.org/abs/2106.03893, its LPE transformer over nodes.
    """

    def __init__(
        self,
        units,
        num_layers=2,
        num_heads=4,
        intermediate_dim=2048,
        dropout=0.0,
        random_sign=False,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_positive("units", units)
        check_positive("num_layers", num_layers)
        check_positive("num_heads", num_heads)
        if units % num_heads:
            raise ValueError(
                "units must be a multiple of num_heads. Change one of them. Received: "
                f"units={units}, num_heads={num_heads}"
            )
        self.supports_masking = True
        self.units = units
        self.num_layers = num_layers
        self.num_heads = num_heads
        self.intermediate_dim = intermediate_dim
        self.dropout = dropout
        self.random_sign = random_sign
        self.seed = seed
        self.seed_generator = random.SeedGenerator(seed) if random_sign else None
        self.dense = keras.layers.Dense(units, dtype=self.dtype_policy, name="dense")
        self.blocks = [self._block(index) for index in range(num_layers)]

    def _block(self, index):
        attention = MultiHeadAggregation(
            self.num_heads,
            self.units // self.num_heads,
            output_dim=self.units,
            dropout=self.dropout,
            dtype=self.dtype_policy,
            name="attention",
        )
        feed_forward = FeedForward(
            self.intermediate_dim, dropout=self.dropout, dtype=self.dtype_policy, name="ffn"
        )
        return TransformerGraphBlock(
            attention,
            feed_forward,
            dropout=self.dropout,
            dtype=self.dtype_policy,
            name=f"block_{index}",
        )

    def build(self, eigenvectors_shape, eigenvalues_shape):
        if eigenvectors_shape[-1] != eigenvalues_shape[-1]:
            raise ValueError(
                "eigenvalues must have the width of the eigenvectors. Compute as many of both. "
                f"Received: {eigenvalues_shape[-1]} eigenvalues, {eigenvectors_shape[-1]} "
                "eigenvectors"
            )
        tokens = eigenvectors_shape[-1]
        self.dense.build((None, tokens, 2))
        for block in self.blocks:
            block.build((None, tokens, self.units))

    def call(self, eigenvectors, eigenvalues, training=None):
        if training and self.random_sign:
            shape = (ops.shape(eigenvectors)[0], 1, eigenvectors.shape[-1])
            draw = random.uniform(shape, seed=self.seed_generator, dtype="float32")
            sign = ops.where(draw < 0.5, -1.0, 1.0)
            eigenvectors = eigenvectors * ops.cast(sign, eigenvectors.dtype)
        rows, nodes, count = (*ops.shape(eigenvectors)[:2], eigenvectors.shape[-1])
        real = ops.reshape(eigenvalues >= 0, (-1, count))  # (B N, K)
        pairs = ops.stack([eigenvectors, eigenvalues], axis=-1)
        tokens = self.dense(ops.reshape(pairs, (-1, count, 2)))  # (B N, K, D)
        for block in self.blocks:
            tokens = block(tokens, node_mask=real, training=training)
        tokens = ops.where(real[..., None], tokens, ops.cast(0, tokens.dtype))
        return ops.reshape(ops.sum(tokens, axis=1), (rows, nodes, self.units))

    def compute_output_spec(self, eigenvectors, eigenvalues, training=None):
        shape = (*eigenvectors.shape[:-1], self.units)
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self):
        return {
            **super().get_config(),
            "dtype": serialized_policy(self),
            "units": self.units,
            "num_layers": self.num_layers,
            "num_heads": self.num_heads,
            "intermediate_dim": self.intermediate_dim,
            "dropout": self.dropout,
            "random_sign": self.random_sign,
            "seed": self.seed,
        }
