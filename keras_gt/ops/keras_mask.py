"""The mask that Keras carries beside a tensor, and the weight that each entry has by it."""

import keras
from keras import ops


class _MaskReader(keras.losses.Loss):
    """Keras hands a prediction's mask to its losses and to nobody else: this one returns it."""

    def __init__(self):
        super().__init__(name="mask_reader", reduction="none", dtype="float32")

    def call(self, y_true, y_pred):
        return ops.ones((), dtype="float32")


def keras_mask(predictions):
    """The Keras mask of a tensor as float32 zeros and ones, or a scalar 1 where it has none."""
    return _MaskReader()(0.0, predictions)


def align_trailing_axis(y_true, y_pred):
    """Gives both the same rank where they differ by a last axis of one."""
    true_rank, rank = len(y_true.shape), len(y_pred.shape)
    if true_rank == rank + 1 and y_true.shape[-1] == 1:
        return ops.squeeze(y_true, axis=-1), y_pred
    if rank == true_rank + 1 and y_pred.shape[-1] == 1:
        return ops.expand_dims(y_true, axis=-1), y_pred
    return y_true, y_pred


def entry_weights(entries, mask, sample_weight=None):
    """The weight of each entry: its Keras mask times its sample weight.

    Args:
        entries: tensor of any shape, one value an entry.
        mask: result of `keras_mask`; it has the leading axes of entries.
        sample_weight: bool or float tensor with leading axes of entries, or None.

    Returns:
        float32 tensor of the shape of entries.

    Raises:
        ValueError: if sample_weight has more axes than there are entries.
    """
    rank = len(entries.shape)
    weights = ops.ones(ops.shape(entries), dtype="float32")
    for factor in (mask, sample_weight):
        if factor is None:
            continue
        factor = ops.cast(ops.convert_to_tensor(factor), "float32")
        if len(factor.shape) == rank + 1 and factor.shape[-1] == 1:
            factor = ops.squeeze(factor, axis=-1)
        missing = rank - len(factor.shape)
        if missing < 0:
            raise ValueError(
                "sample_weight must have no more axes than the entries it weighs. Give one "
                f"weight an entry. Received: sample_weight of shape {factor.shape} for entries of "
                f"shape {entries.shape}"
            )
        if missing and len(factor.shape):
            factor = ops.reshape(factor, (*ops.shape(factor), *(1,) * missing))
        weights = weights * factor
    return weights
