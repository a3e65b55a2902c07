"""What stands between the layers of a functional model: norms, activations, dropout.

What holds no state is no layer: on PyTorch, where each step runs as it is written, the call of a
layer takes ten times as long as an activation.
"""

import keras

from keras_gt.layers import Dropout
from keras_gt.layers.feed_forward import activation_function, normalization_layer


@keras.saving.register_keras_serializable(package="keras_gt")
class _Activation(keras.Operation):
    """The activation of this name, or x itself for None, as a step of a functional model."""

    def __init__(self, activation):
        super().__init__()
        self.function = activation_function(activation) if activation is not None else None

    def call(self, x):
        return x if self.function is None else self.function(x)

    def compute_output_spec(self, x):
        return keras.KerasTensor(x.shape, dtype=x.dtype)


def normalized(nodes, node_mask, normalization, dtype, name):
    """The nodes after a norm over the real nodes; unchanged where normalization is None."""
    if normalization is None:
        return nodes
    norm = normalization_layer(normalization, 1e-5, 0.9, dtype, name)
    return norm(nodes, mask=node_mask) if normalization == "batch" else norm(nodes)


def activated(nodes, activation):
    """The nodes after the named activation."""
    return _Activation(activation)(nodes)


def dropped(nodes, rate, dtype, name):
    """The nodes after dropout.

    Where the rate is 0 a step that does nothing holds its place: layers are saved in the order of
    their depths, which would otherwise change with the rate.
    """
    if not rate:
        return _Activation(None)(nodes)
    return Dropout(rate, dtype=dtype, name=name)(nodes)
