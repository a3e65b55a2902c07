import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras_gt")
class TokenReadout(keras.layers.Layer):
    """Takes the graph features that a backbone read off its own graph tokens.

    It computes nothing: with a graph mask, as batches of `GraphLoader` have one, the features get
    an axis for the one graph of each row.

    Args:
        **kwargs: of `keras.layers.Layer`.

    Call arguments:
        graph_features: (B, D) float.
        graph_mask: (B, 1) bool, only whether it is given counts, or None.

    Returns:
        (B, D), or (B, 1, D) with a graph mask.

    Example:
        >>> import numpy as np
        >>> tuple(TokenReadout()(np.ones((2, 5), "float32"), np.ones((2, 1), bool)).shape)
        (2, 1, 5)

    Reference:
        Ying et al., 2021, https://arxiv.org/abs/2106.05234, section 3.2.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.built = True

    def call(self, graph_features, graph_mask=None):
        return graph_features if graph_mask is None else ops.expand_dims(graph_features, 1)

    def compute_output_spec(self, graph_features, graph_mask=None):
        rows, width = graph_features.shape
        shape = (rows, width) if graph_mask is None else (rows, graph_mask.shape[1], width)
        return keras.KerasTensor(shape, dtype=self.compute_dtype)
