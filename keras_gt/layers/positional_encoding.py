import keras
from keras import ops, random

from keras_gt.layers.graph_layer import check_positive, serialized_policy


@keras.saving.register_keras_serializable(package="keras_gt")
class PositionalEncoding(keras.layers.Layer):
    """Projects the nodes' positional encodings to the width of the features.

        p_i = W (s * encoding_i) + b

    s is a random sign for each row and column in training where `random_sign` is set: the sign of
    a Laplacian eigenvector is arbitrary, and the flips teach the model so. At inference s = 1.

    Args:
        units: int D.
        random_sign: bool, for Laplacian eigenvectors; not for random-walk probabilities.
        seed: int or None, the seed of the signs.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        encoding: (B, N, K) float.
        training: bool or None.

    Returns:
        (B, N, D).

    Raises:
        ValueError: if units is not positive.

    Example:
        >>> import numpy as np
        >>> tuple(PositionalEncoding(4)(np.ones((1, 3, 2), "float32")).shape)
        (1, 3, 4)

    Reference:
        Dwivedi and Bresson, 2021, https://arxiv.org/abs/2012.09699, equation 3, and
        section 2.2 (the signs).
    """

    def __init__(self, units, random_sign=False, seed=None, **kwargs):
        super().__init__(**kwargs)
        check_positive("units", units)
        self.supports_masking = True
        self.units = units
        self.random_sign = random_sign
        self.seed = seed
        self.seed_generator = random.SeedGenerator(seed) if random_sign else None
        self.dense = keras.layers.Dense(units, dtype=self.dtype_policy, name="dense")

    def build(self, encoding_shape):
        self.dense.build(encoding_shape)

    def call(self, encoding, training=None):
        if training and self.random_sign:
            shape = (ops.shape(encoding)[0], 1, encoding.shape[-1])
            draw = random.uniform(shape, seed=self.seed_generator, dtype="float32")
            sign = ops.where(draw < 0.5, -1.0, 1.0)
            encoding = encoding * ops.cast(sign, encoding.dtype)
        return self.dense(encoding)

    def compute_output_spec(self, encoding, training=None):
        return keras.KerasTensor((*encoding.shape[:-1], self.units), dtype=self.compute_dtype)

    def get_config(self):
        return {
            **super().get_config(),
            "dtype": serialized_policy(self),
            "units": self.units,
            "random_sign": self.random_sign,
            "seed": self.seed,
        }
