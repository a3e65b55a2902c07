import keras
from keras import ops

from keras_gt.ops.keras_mask import align_trailing_axis, entry_weights, keras_mask


@keras.saving.register_keras_serializable(package="keras_gt")
class EntryMean(keras.metrics.Metric):
    """Base of the metrics that are a mean over entries, each entry counted alike in every batch.

    Keras' own mean metrics average within a row first: batches with rows of different lengths
    then weigh differently. Here the mean is over all entries of an epoch. NaN targets and entries
    whose Keras mask is false do not count; without any entry that counts the result is 0.

    A subclass has `entry_values(y_true, y_pred)`, which gives each entry's value.

    Args:
        name: str or None.
        dtype: str or None.

    Example:
        >>> import numpy as np
        >>> from keras_gt.metrics import EntryMean
        >>> class Absolute(EntryMean):
        ...     def entry_values(self, y_true, y_pred):
        ...         return abs(y_true - y_pred)
        >>> metric = Absolute()
        >>> metric.update_state(np.array([1.0, np.nan]), np.array([3.0, 9.0]))
        >>> float(metric.result())
        2.0
    """

    def __init__(self, name=None, dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable((), "zeros", dtype="float32", name="total")
        self.count = self.add_variable((), "zeros", dtype="float32", name="count")

    def update_state(self, y_true, y_pred, sample_weight=None):
        mask = keras_mask(y_pred)
        y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
        y_true, y_pred = ops.cast(y_true, "float32"), ops.cast(y_pred, "float32")
        y_true, y_pred = self.align(y_true, y_pred)
        weights = entry_weights(y_true, mask, sample_weight)
        weights = ops.where(ops.isnan(y_true), ops.zeros_like(weights), weights)
        values = ops.where(weights > 0, self.entry_values(y_true, y_pred), ops.zeros_like(weights))
        self.total.assign_add(ops.sum(values * weights))
        self.count.assign_add(ops.sum(weights))

    def align(self, y_true, y_pred):
        """Targets and predictions of the same rank."""
        return align_trailing_axis(y_true, y_pred)

    def entry_values(self, y_true, y_pred):
        """The value of each entry, of the targets' shape."""
        raise NotImplementedError(f"{type(self).__name__} must have entry_values(y_true, y_pred).")

    def result(self):
        return ops.divide_no_nan(self.total.value, self.count.value)

    def get_config(self):
        return {"name": self.name, "dtype": self.dtype}
