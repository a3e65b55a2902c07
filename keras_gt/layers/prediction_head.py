import keras
from keras import ops

from keras_gt.layers.direct_call import called_directly
from keras_gt.layers.dropout import Dropout, drop
from keras_gt.layers.feed_forward import normalization_layer, normalize
from keras_gt.layers.graph_layer import check_choice, in_type, project, serialized_policy


@keras.saving.register_keras_serializable(package="keras_gt")
@called_directly()
class PredictionHead(keras.layers.Layer):
    """Turns node or graph features into predictions, and masks those that are padding.

        linear:  y = offset + scale (W dropout(h) + b)
        mlp:     three layers of widths F / 2, F / 4 and `units` with ReLU between them
        none:    y = offset + scale h

    With `normalization` h goes through a batch norm first: sums over a graph's nodes are as large
    as the graph, and a head hardly trains on them as they are. The mask of the call becomes the
    Keras mask of the result, so losses and metrics leave padding out. The result is float32
    whatever the policy.

    Args:
        units: int, number of outputs; None with kind "none".
        kind: "linear", "mlp" or "none".
        dropout: float in [0, 1), on the input in training.
        scale: list of float, one for each output or one for all, in the label's unit.
        offset: list of float, likewise.
        normalization: None or "batch", a norm of the features over what is real.
        seed: int or None, the seed of the dropout.
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        features: (..., F) float.
        mask: (...) bool or None, true for what is real.
        training: bool or None.

    Returns:
        (..., units) float32.

    Raises:
        ValueError: for an unknown kind or normalization.

    Example:
        >>> import numpy as np
        >>> tuple(PredictionHead(2)(np.ones((1, 3, 4), "float32")).shape)
        (1, 3, 2)

    Reference:
        The mlp is the readout of Dwivedi et al., 2020, https://arxiv.org/abs/2003.00982,
        appendix C (three layers), with the widths of the authors' code.
    """

    def __init__(
        self,
        units,
        kind="linear",
        dropout=0.0,
        scale=(1.0,),
        offset=(0.0,),
        normalization=None,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_choice("kind", kind, ("linear", "mlp", "none"))
        self.supports_masking = True
        self.units = units
        self.kind = kind
        self.dropout = dropout
        self.scale = [float(value) for value in scale]
        self.offset = [float(value) for value in offset]
        self.normalization = normalization
        self.seed = seed
        self.norm = None
        if normalization is not None:
            check_choice("normalization", normalization, ("batch",))
            self.norm = normalization_layer("batch", 1e-5, 0.9, self.dtype_policy, "norm")
        self.drop = Dropout(dropout, seed=seed, dtype=self.dtype_policy, name="drop")
        self.hidden = []
        self.output_dense = None if kind == "none" else self._dense("output_dense", units)

    def _dense(self, name, units):
        return keras.layers.Dense(units, dtype=self.dtype_policy, name=name)

    def build(self, features_shape):
        width = features_shape[-1]
        if self.kind == "none" and self.units not in (None, width):
            raise ValueError(
                "units must be the width of the features where there is no head. Set the "
                f"backbone's output_dim. Received: units={self.units}, width={width}"
            )
        if self.norm is not None:
            self.norm.build(features_shape)
        if self.kind == "mlp":
            for index in range(2):
                layer = self._dense(f"hidden_{index}", width // 2)
                layer.build((*features_shape[:-1], width))
                self.hidden.append(layer)
                width = width // 2
        if self.output_dense is not None:
            self.output_dense.build((*features_shape[:-1], width))

    def call(self, features, mask=None, training=None):
        if self.norm is not None:
            features = normalize(self.norm, features, mask, training)
        features = drop(self.drop, features, training)
        for layer in self.hidden:
            features = ops.relu(project(layer, features))
        if self.output_dense is not None:
            features = project(self.output_dense, features)
        features = in_type(features, "float32")
        if self.scale == [1.0] and self.offset == [0.0]:
            return features
        scale = ops.convert_to_tensor(self.scale, dtype="float32")
        return features * scale + ops.convert_to_tensor(self.offset, dtype="float32")

    def compute_output_spec(self, features, mask=None, training=None):
        units = features.shape[-1] if self.units is None else self.units
        return keras.KerasTensor((*features.shape[:-1], units), dtype="float32")

    def get_config(self):
        return {
            **super().get_config(),
            "dtype": serialized_policy(self),
            "units": self.units,
            "kind": self.kind,
            "dropout": self.dropout,
            "scale": self.scale,
            "offset": self.offset,
            "normalization": self.normalization,
            "seed": self.seed,
        }
