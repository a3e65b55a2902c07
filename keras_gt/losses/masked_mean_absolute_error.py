import keras
from keras import ops

from keras_gt.losses.masked_loss import MaskedLoss


@keras.saving.register_keras_serializable(package="keras_gt")
class MaskedMeanAbsoluteError(MaskedLoss):
    """Mean absolute error over the targets that are known: NaN is a missing one.

        l(y, p) = |y - p|

    averaged over the entries that count (see `MaskedLoss`).

    Args:
        name: str.
        dtype: str or None, the type of the computation.

    Call arguments:
        y_true: (B, ...) float, NaN where missing.
        y_pred: float of the same shape; a last axis of one may be left out of either.
        sample_weight: bool or float with leading axes of the targets, or None.

    Returns:
        A scalar.

    Raises:
        ValueError: if the shapes do not agree.

    Example:
        >>> import numpy as np
        >>> loss = MaskedMeanAbsoluteError()
        >>> float(loss(np.array([[3.0, np.nan]]), np.array([[1.0, 7.0]])))
        2.0
    """

    def __init__(self, name="masked_mean_absolute_error", dtype=None):
        super().__init__(name=name, dtype=dtype)

    def entry_losses(self, y_true, y_pred):
        return ops.abs(y_true - y_pred)
