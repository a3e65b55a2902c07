import keras

from keras_gt import ops as graph_ops
from keras_gt.layers.direct_call import called_directly
from keras_gt.layers.dropout import Dropout, drop
from keras_gt.layers.graph_layer import (
    call_inside,
    check_choice,
    check_positive,
    in_type,
    is_plain,
    project,
    serialized_policy,
    weights_of,
)
from keras_gt.layers.masked_batch_normalization import MaskedBatchNormalization

_ACTIVATIONS = {
    "relu": keras.activations.relu,
    "elu": keras.activations.elu,
    "gelu": graph_ops.gelu,
    "gelu_tanh": lambda x: keras.activations.gelu(x, approximate=True),
}


def activation_function(name):
    """relu, elu, gelu (exact) or gelu_tanh: the two GELUs differ by up to 5e-4."""
    check_choice("activation", name, tuple(_ACTIVATIONS))
    return _ACTIVATIONS[name]


def normalization_layer(kind, epsilon, momentum, dtype, name):
    """A batch or layer normalisation over the features."""
    check_choice("normalization", kind, ("batch", "layer"))
    if kind == "batch":
        return MaskedBatchNormalization(momentum, epsilon, dtype=dtype, name=name)
    return keras.layers.LayerNormalization(epsilon=epsilon, dtype=dtype, name=name)


def normalize(layer, x, mask, training):
    """Applies the norm; batch statistics are those of the real entries alone."""
    if isinstance(layer, MaskedBatchNormalization):
        return call_inside(layer, x, mask=mask, training=training)
    return call_inside(layer, x)


@keras.saving.register_keras_serializable(package="keras_gt")
@called_directly()
class FeedForward(keras.layers.Layer):
    """The two-layer MLP of a Transformer or GIN, applied to each node alone.

        x' = W_2 dropout(activation(norm(W_1 x + b_1))) + b_2

    Args:
        intermediate_dim: int, the width between the layers.
        output_dim: int D, the width of the result; None keeps the input's.
        activation: "relu", "elu", "gelu" (exact) or "gelu_tanh".
        dropout: float in [0, 1), after the activation.
        normalization: None or "batch", a norm before the activation (as GIN has).
        kernel_initializer: initializer of both kernels.
        kernel_regularizer: regularizer of both kernels.
        seed: int or None, the seed of the dropout.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        inputs: (B, N, F) float.
        mask: (B, N) bool or None, true for real nodes: batch statistics leave the others out.
        training: bool or None.

    Returns:
        (B, N, D).

    Raises:
        ValueError: for sizes that are not positive or an unknown activation or normalization.

    Example:
        >>> import numpy as np
        >>> tuple(FeedForward(8)(np.ones((1, 3, 4), "float32")).shape)
        (1, 3, 4)

    Reference:
        Vaswani et al., Attention Is All You Need, 2017, https://arxiv.org/abs/1706.03762,
        equation 2.
    """

    def __init__(
        self,
        intermediate_dim,
        output_dim=None,
        activation="relu",
        dropout=0.0,
        normalization=None,
        kernel_initializer="glorot_uniform",
        kernel_regularizer=None,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_positive("intermediate_dim", intermediate_dim)
        if output_dim is not None:
            check_positive("output_dim", output_dim)
        if normalization is not None:
            check_choice("normalization", normalization, ("batch",))
        self.supports_masking = True
        self.intermediate_dim = intermediate_dim
        self.output_dim = output_dim
        self.activation = activation
        self.activation_function = activation_function(activation)
        self.dropout = dropout
        self.normalization = normalization
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.seed = seed
        self.expand = self._dense("expand", intermediate_dim)
        self.norm = None
        if normalization is not None:
            self.norm = normalization_layer(normalization, 1e-5, 0.9, self.dtype_policy, "norm")
        self.drop = Dropout(dropout, seed=seed, dtype=self.dtype_policy, name="drop")
        self.contract = None

    def _dense(self, name, units):
        return keras.layers.Dense(
            units,
            kernel_initializer=self.kernel_initializer.clone(),
            kernel_regularizer=self.kernel_regularizer,
            dtype=self.dtype_policy,
            name=name,
        )

    def build(self, inputs_shape):
        self.expand.build(inputs_shape)
        hidden_shape = (*inputs_shape[:-1], self.intermediate_dim)
        if self.norm is not None:
            self.norm.build(hidden_shape)
        self.contract = self._dense("contract", self.output_dim or inputs_shape[-1])
        self.contract.build(hidden_shape)

    def call(self, inputs, mask=None, training=None):
        if self._is_rectified(training):
            weights = weights_of((self.expand, self.contract), self.compute_dtype)
            return graph_ops.rectified_layers(in_type(inputs, self.compute_dtype), *weights)
        hidden = project(self.expand, inputs)  # (B, N, intermediate)
        if self.norm is not None:
            hidden = normalize(self.norm, hidden, mask, training)
        hidden = drop(self.drop, self.activation_function(hidden), training)
        return project(self.contract, hidden)  # (B, N, D)

    def _is_rectified(self, training):
        """Whether this call is two dense layers and a ReLU, and nothing else."""
        plain = is_plain(self.expand) and is_plain(self.contract)
        dropped = training and self.dropout
        return plain and self.activation == "relu" and self.norm is None and not dropped

    def compute_output_spec(self, inputs, mask=None, training=None):
        shape = (*inputs.shape[:-1], self.output_dim or inputs.shape[-1])
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self):
        return {
            **super().get_config(),
            "dtype": serialized_policy(self),
            "intermediate_dim": self.intermediate_dim,
            "output_dim": self.output_dim,
            "activation": self.activation,
            "dropout": self.dropout,
            "normalization": self.normalization,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
            "seed": self.seed,
        }
