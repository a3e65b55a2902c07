import keras
from keras import ops

from keras_gt.metrics.accuracy import class_labels
from keras_gt.ops.keras_mask import entry_weights, keras_mask


@keras.saving.register_keras_serializable(package="keras_gt")
class BalancedAccuracy(keras.metrics.Metric):
    """Mean over the classes of each class's accuracy (its recall).

    The mean is over the classes that occur among the entries that count: sample weight above 0,
    Keras mask true, label not negative. Without any the result is 0.

    Args:
        num_classes: int C.
        name: str.
        dtype: str or None.

    Raises:
        ValueError: if num_classes is below 2, or y_pred does not have num_classes columns.

    Example:
        >>> import numpy as np
        >>> metric = BalancedAccuracy(num_classes=2)
        >>> scores = np.array([[[0.9, 0.1]] * 4])
        >>> metric.update_state(np.array([[0, 0, 0, 1]]), scores)
        >>> float(metric.result())
        0.5

    Reference:
        Dwivedi et al., Benchmarking Graph Neural Networks, 2020,
        https://arxiv.org/abs/2003.00982, appendix C.6.
    """

    def __init__(self, num_classes, name="balanced_accuracy", dtype=None):
        super().__init__(name=name, dtype=dtype)
        if num_classes < 2:
            raise ValueError(
                "num_classes must be 2 or more. Give one score for each class. Received: "
                f"num_classes={num_classes}"
            )
        self.num_classes = num_classes
        self.confusion = self.add_variable(
            (num_classes, num_classes), "zeros", dtype="float32", name="confusion"
        )  # rows: the true class, columns: the predicted one

    def update_state(self, y_true, y_pred, sample_weight=None):
        mask = keras_mask(y_pred)
        y_pred = ops.convert_to_tensor(y_pred)
        if y_pred.shape[-1] != self.num_classes:
            raise ValueError(
                "y_pred must have num_classes columns. Give one score for each class. Received: "
                f"y_pred of shape {y_pred.shape}, num_classes={self.num_classes}"
            )
        y_true = ops.cast(class_labels(ops.convert_to_tensor(y_true), y_pred), "int32")
        weights = entry_weights(y_true, mask, sample_weight)
        weights = ops.where(y_true >= 0, weights, ops.zeros_like(weights))
        true = ops.one_hot(ops.maximum(ops.reshape(y_true, (-1,)), 0), self.num_classes)
        predicted = ops.reshape(ops.argmax(y_pred, axis=-1), (-1,))
        predicted = ops.one_hot(predicted, self.num_classes, dtype="float32")
        true = ops.cast(true, "float32") * ops.reshape(weights, (-1, 1))
        self.confusion.assign_add(ops.matmul(ops.transpose(true), predicted))

    def result(self):
        confusion = ops.convert_to_tensor(self.confusion)
        sizes = ops.sum(confusion, axis=1)  # (C,)
        recalls = ops.divide_no_nan(ops.diagonal(confusion), sizes)
        return ops.divide_no_nan(ops.sum(recalls), ops.sum(ops.cast(sizes > 0, "float32")))

    def get_config(self):
        return {"name": self.name, "dtype": self.dtype, "num_classes": self.num_classes}
