import keras
from keras import ops

from keras_gt.metrics.entry_mean import EntryMean


@keras.saving.register_keras_serializable(package="keras_gt")
class Accuracy(EntryMean):
    """Fraction of the entries whose highest score is that of their class.

    Which entries count is told by `EntryMean`; a negative label is a missing one, too.

    Args:
        name: str.
        dtype: str or None.

    Example:
        >>> import numpy as np
        >>> metric = Accuracy()
        >>> scores = np.array([[[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]]])
        >>> metric.update_state(np.array([[1, 0, 0]]), scores, np.array([[1, 0, 1]]))
        >>> float(metric.result())
        0.5
    """

    def __init__(self, name="accuracy", dtype=None):
        super().__init__(name=name, dtype=dtype)

    def align(self, y_true, y_pred):
        y_true = class_labels(y_true, y_pred)
        return ops.where(y_true >= 0, y_true, float("nan")), y_pred

    def entry_values(self, y_true, y_pred):
        predicted = ops.cast(ops.argmax(y_pred, axis=-1), y_true.dtype)
        return ops.cast(ops.equal(predicted, y_true), "float32")


def class_labels(y_true, y_pred):
    """Integer labels with one axis less than the predictions, whose last axis is the classes."""
    if len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1] == 1:
        y_true = ops.squeeze(y_true, axis=-1)
    if len(y_pred.shape) != len(y_true.shape) + 1:
        raise ValueError(
            "y_pred must have one axis more than y_true: the classes. Give integer labels. "
            f"Received: y_true of shape {y_true.shape}, y_pred of shape {y_pred.shape}"
        )
    return y_true
