import keras
from keras import ops

from keras_gt.metrics.entry_mean import EntryMean


@keras.saving.register_keras_serializable(package="keras_gt")
class MeanAbsoluteError(EntryMean):
    """Mean of |y - p| over the entries that count (see `EntryMean`).

    Args:
        name: str.
        dtype: str or None.

    Example:
        >>> import numpy as np
        >>> metric = MeanAbsoluteError()
        >>> metric.update_state(np.array([[3.0, np.nan]]), np.array([[1.0, 7.0]]))
        >>> float(metric.result())
        2.0
    """

    def __init__(self, name="mean_absolute_error", dtype=None):
        super().__init__(name=name, dtype=dtype)

    def entry_values(self, y_true, y_pred):
        return ops.abs(y_true - y_pred)
