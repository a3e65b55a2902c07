import keras
from keras import ops

from keras_gt.ops.keras_mask import entry_weights, keras_mask


@keras.saving.register_keras_serializable(package="keras_gt")
class BalancedCrossentropy(keras.losses.Loss):
    """Crossentropy in which the classes of a batch weigh by how rare they are.

        loss = sum_i w_i c(y_i) l_i / sum_i w_i c(y_i),     c(k) = (n - n_k) / n

    with l_i the crossentropy of node i, w_i its sample weight (0 where the prediction's Keras
    mask is false), n_k = sum of w_i over the nodes of class k in this batch and n the sum of all
    n_k. PATTERN and CLUSTER are trained with it. A batch with a single class gives 0. A negative
    label is a missing one.

    Args:
        from_logits: bool, whether predictions are logits instead of probabilities.
        name: str.
        dtype: str or None, the type of the computation.

    Call arguments:
        y_true: (B, N) int, the class of each node.
        y_pred: (B, N, C) float.
        sample_weight: (B, N) bool or float, or None.

    Returns:
        A scalar.

    Raises:
        ValueError: if predictions do not have one axis more than the labels.

    Example:
        >>> import numpy as np
        >>> loss = BalancedCrossentropy()
        >>> float(loss(np.array([[0, 0, 1]]), np.array([[[0.5, 0.5]] * 3])))
        0.693

    Reference:
        Dwivedi et al., Benchmarking Graph Neural Networks, 2020,
        https://arxiv.org/abs/2003.00982, appendix B.1.3, in words; c is the authors' code's.
    """

    def __init__(self, from_logits=False, name="balanced_crossentropy", dtype=None):
        super().__init__(name=name, reduction="mean_with_sample_weight", dtype=dtype)
        self.from_logits = from_logits

    def __call__(self, y_true, y_pred, sample_weight=None):
        mask = keras_mask(y_pred)
        y_pred = ops.cast(ops.convert_to_tensor(y_pred), self.dtype)
        y_true = ops.cast(ops.convert_to_tensor(y_true), "int32")
        if len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1] == 1:
            y_true = ops.squeeze(y_true, axis=-1)
        if len(y_pred.shape) != len(y_true.shape) + 1:
            raise ValueError(
                "y_pred must have one axis more than y_true: the classes. Give integer labels. "
                f"Received: y_true of shape {y_true.shape}, y_pred of shape {y_pred.shape}"
            )
        weights = ops.cast(entry_weights(y_true, mask, sample_weight), self.dtype)
        weights = ops.where(y_true >= 0, weights, ops.zeros_like(weights))
        counts = weights > 0
        y_true = ops.where(counts, y_true, ops.zeros_like(y_true))
        y_pred = ops.where(counts[..., None], y_pred, ops.ones_like(y_pred))
        classes = ops.one_hot(y_true, y_pred.shape[-1], dtype=self.dtype)  # (B, N, C)
        axes = tuple(range(len(y_true.shape)))
        sizes = ops.sum(classes * weights[..., None], axis=axes)  # (C,)
        balance = 1 - ops.divide_no_nan(sizes, ops.sum(sizes))  # (C,)
        weights = weights * ops.matmul(classes, ops.expand_dims(balance, 1))[..., 0]  # (B, N)
        return ops.divide_no_nan(ops.sum(self.call(y_true, y_pred) * weights), ops.sum(weights))

    def call(self, y_true, y_pred):
        return ops.sparse_categorical_crossentropy(y_true, y_pred, from_logits=self.from_logits)

    def get_config(self):
        return {"name": self.name, "from_logits": self.from_logits}
