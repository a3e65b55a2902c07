import keras

from keras_gt import ops as graph_ops
from keras_gt.layers.direct_call import called_directly
from keras_gt.layers.graph_layer import check_rate


def drop(layer, x, training):
    """layer(x), without the call where nothing is dropped: on PyTorch each costs its time."""
    return layer(x, training=training) if training and layer.rate else x


@keras.saving.register_keras_serializable(package="keras_gt")
@called_directly()
class Dropout(keras.layers.Layer):
    """Zeroes features at random in training, like `keras.layers.Dropout`.

    The difference is the generator: under TensorFlow's XLA on a CPU Keras' own takes seconds for
    a matrix of a citation graph's size, this one milliseconds.

    Args:
        rate: float in [0, 1), the probability of a zero.
        seed: int or None, the seed of the layer's own generator.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        inputs: tensor of any shape.
        training: bool or None.

    Returns:
        Tensor of the same shape; kept entries are scaled by 1 / (1 - rate).

    Raises:
        ValueError: if the rate is outside [0, 1).

    Example:
        >>> import numpy as np
        >>> layer = Dropout(0.5, seed=0)
        >>> tuple(layer(np.ones((2, 3), "float32"), training=True).shape)
        (2, 3)
    """

    def __init__(self, rate, seed=None, **kwargs):
        super().__init__(**kwargs)
        check_rate("rate", rate)
        self.rate = rate
        self.seed = seed
        self.supports_masking = True
        self.seed_generator = keras.random.SeedGenerator(seed) if rate else None
        self.built = True

    def call(self, inputs, training=None):
        if not training or not self.rate:
            return inputs
        return graph_ops.dropout(inputs, self.rate, self.seed_generator)

    def compute_output_spec(self, inputs, training=None):
        return keras.KerasTensor(inputs.shape, dtype=self.compute_dtype)

    def get_config(self):
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}
