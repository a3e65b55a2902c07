import keras
from keras import ops

from keras_gt.losses.masked_loss import MaskedLoss


@keras.saving.register_keras_serializable(package="keras_gt")
class MaskedBinaryCrossentropy(MaskedLoss):
    """Binary crossentropy of several tasks whose targets may be missing (NaN).

        l(y, p) = -y log p - (1 - y) log(1 - p)

    averaged over the entries that count (see `MaskedLoss`): a graph measured in two tasks weighs
    twice as much as one measured in one.

    Args:
        from_logits: bool, whether predictions are logits instead of probabilities.
        name: str.
        dtype: str or None, the type of the computation.

    Call arguments:
        y_true: (B, T), (B, N, T) or (B, G, T) zeros and ones, NaN where missing.
        y_pred: float of the same shape.
        sample_weight: bool or float with leading axes of the targets, or None.

    Returns:
        A scalar.

    Raises:
        ValueError: if the shapes do not agree.

    Example:
        >>> import numpy as np
        >>> loss = MaskedBinaryCrossentropy()
        >>> float(loss(np.array([[1.0, np.nan]]), np.array([[0.5, 0.9]])))
        0.693
    """

    def __init__(self, from_logits=False, name="masked_binary_crossentropy", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.from_logits = from_logits

    def entry_losses(self, y_true, y_pred):
        return ops.binary_crossentropy(y_true, y_pred, from_logits=self.from_logits)

    def get_config(self):
        return {**super().get_config(), "from_logits": self.from_logits}
