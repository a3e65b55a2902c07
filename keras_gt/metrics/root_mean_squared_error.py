import keras
from keras import ops

from keras_gt.metrics.entry_mean import EntryMean


@keras.saving.register_keras_serializable(package="keras_gt")
class RootMeanSquaredError(EntryMean):
    """Root of the mean of (y - p)^2 over the entries that count (see `EntryMean`).

    Args:
        name: str.
        dtype: str or None.

    Example:
        >>> import numpy as np
        >>> metric = RootMeanSquaredError()
        >>> metric.update_state(np.array([[3.0, np.nan]]), np.array([[1.0, 7.0]]))
        >>> float(metric.result())
        2.0
    """

    def __init__(self, name="root_mean_squared_error", dtype=None):
        super().__init__(name=name, dtype=dtype)

    def entry_values(self, y_true, y_pred):
        return ops.square(y_true - y_pred)

    def result(self):
        return ops.sqrt(super().result())
