import keras
from keras import ops

from keras_gt.ops.keras_mask import align_trailing_axis, entry_weights, keras_mask


@keras.saving.register_keras_serializable(package="keras_gt")
class MaskedLoss(keras.losses.Loss):
    """Base of the losses that are a mean over the entries that count.

        loss = sum_i w_i l(y_i, p_i) / sum_i w_i

    over all entries i of the targets. w_i is the sample weight; it is 0 where the target is NaN
    (missing) or the prediction's Keras mask is false, and such an entry has neither a value nor a
    gradient, whatever is predicted there. Without any entry that counts the loss is 0.

    A subclass has `entry_losses(y_true, y_pred)`, which gives each entry's loss.

    Args:
        name: str or None.
        dtype: str or None, the type of the computation; None is float32 as Keras has it.

    Call arguments:
        y_true: (B, ...) numbers, NaN where missing.
        y_pred: (B, ...) float of the same shape; a last axis of one may be left out of either.
        sample_weight: bool or float with leading axes of the targets, or None.

    Returns:
        A scalar.

    Raises:
        ValueError: if the shapes do not agree.

    Example:
        >>> import numpy as np
        >>> from keras_gt.losses import MaskedLoss
        >>> class Absolute(MaskedLoss):
        ...     def entry_losses(self, y_true, y_pred):
        ...         return abs(y_true - y_pred)
        >>> float(Absolute()(np.array([1.0, np.nan]), np.array([3.0, 9.0])))
        2.0
    """

    def __init__(self, name=None, dtype=None):
        super().__init__(name=name, reduction="mean_with_sample_weight", dtype=dtype)

    def __call__(self, y_true, y_pred, sample_weight=None):
        mask = keras_mask(y_pred)
        y_true = ops.convert_to_tensor(y_true)
        y_pred = ops.cast(ops.convert_to_tensor(y_pred), self.dtype)
        y_true, y_pred = align_trailing_axis(ops.cast(y_true, self.dtype), y_pred)
        check_same_shape(y_true, y_pred)
        known = ops.logical_not(ops.isnan(y_true))
        weights = entry_weights(y_pred, mask, sample_weight)
        weights = ops.where(known, ops.cast(weights, self.dtype), ops.cast(0, self.dtype))
        # what is predicted where nothing counts must not reach the gradient: 0 * inf is NaN
        counts = weights > 0
        y_true = ops.where(counts, y_true, ops.zeros_like(y_true))
        y_pred = ops.where(counts, y_pred, ops.zeros_like(y_pred))
        losses = self.entry_losses(y_true, y_pred)
        return ops.divide_no_nan(ops.sum(losses * weights), ops.sum(weights))

    def call(self, y_true, y_pred):
        return self.entry_losses(y_true, y_pred)

    def entry_losses(self, y_true, y_pred):
        """The loss of each entry, of the targets' shape."""
        raise NotImplementedError(f"{type(self).__name__} must have entry_losses(y_true, y_pred).")

    def get_config(self):
        return {"name": self.name}


def check_same_shape(y_true, y_pred):
    """Raises the named error where the shapes differ."""
    pairs = zip(y_true.shape, y_pred.shape, strict=False)
    differ = any(None not in pair and pair[0] != pair[1] for pair in pairs)
    if differ or len(y_true.shape) != len(y_pred.shape):
        raise ValueError(
            "y_true must have the shape of y_pred. Give one target for each prediction. Received: "
            f"y_true of shape {y_true.shape}, y_pred of shape {y_pred.shape}"
        )
