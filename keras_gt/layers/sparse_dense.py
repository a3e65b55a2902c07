import keras
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.layers.graph_layer import check_positive, check_rate


@keras.saving.register_keras_serializable(package="keras_gt")
class SparseDense(keras.layers.Layer):
    """A dense layer on a bag of words given as padded word ids: the sparse form of a wide matrix.

        y_i = sum_w value_iw W[id_iw] + b

    equals `Dense` on the (N, vocabulary) matrix that has value_iw at column id_iw, without ever
    building it. Dropout falls on the stored values alone, which is the same distribution: the
    zeros of the matrix stay zero either way.

    Args:
        vocabulary_size: int, the number of words V.
        units: int D.
        use_bias: bool.
        dropout: float in [0, 1), on the stored values in training.
        kernel_initializer: initializer of W (V, D).
        kernel_regularizer: regularizer of W.
        seed: int or None, the seed of the dropout.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        feature_ids: (B, N, W) int32, word numbers in 0..V-1, -1 for none.
        feature_values: (B, N, W) float, or None for ones.
        training: bool or None.

    Returns:
        (B, N, D).

    Raises:
        ValueError: for sizes that are not positive.

    Example:
        >>> import numpy as np
        >>> layer = SparseDense(vocabulary_size=10, units=4)
        >>> tuple(layer(np.array([[[1, 5], [2, -1]]])).shape)
        (1, 2, 4)
    """

    def __init__(
        self,
        vocabulary_size,
        units,
        use_bias=True,
        dropout=0.0,
        kernel_initializer="glorot_uniform",
        kernel_regularizer=None,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_positive("vocabulary_size", vocabulary_size)
        check_positive("units", units)
        check_rate("dropout", dropout)
        self.supports_masking = True
        self.vocabulary_size = vocabulary_size
        self.units = units
        self.use_bias = use_bias
        self.dropout = dropout
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed) if dropout else None

    def build(self, feature_ids_shape):
        self.kernel = self.add_weight(
            name="kernel",
            shape=(self.vocabulary_size, self.units),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
        )
        if self.use_bias:
            self.bias = self.add_weight(name="bias", shape=(self.units,), initializer="zeros")

    def call(self, feature_ids, feature_values=None, training=None):
        rows, nodes, width = ops.shape(feature_ids)
        ids = ops.reshape(ops.cast(feature_ids, "int32"), (-1, width))  # (B N, W)
        if feature_values is None:
            values = ops.cast(ids >= 0, self.compute_dtype)
        else:
            values = ops.reshape(ops.cast(feature_values, self.compute_dtype), (-1, width))
        if training and self.dropout:
            values = graph_ops.dropout(values, self.dropout, self.seed_generator)
        kernel = ops.convert_to_tensor(self.kernel)
        result = graph_ops.embedding_bag(kernel, ids, values)  # (B N, D)
        result = ops.reshape(result, (rows, nodes, self.units))
        return result + self.bias if self.use_bias else result

    def compute_output_spec(self, feature_ids, feature_values=None, training=None):
        shape = (*feature_ids.shape[:-1], self.units)
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "units": self.units,
            "use_bias": self.use_bias,
            "dropout": self.dropout,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
            "seed": self.seed,
        }
