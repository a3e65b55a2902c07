import keras
from keras import ops

from keras_gt.ops.keras_mask import entry_weights, keras_mask
from keras_gt.ops.one_program import one_program
from keras_gt.ops.segments import segment_sum


@keras.saving.register_keras_serializable(package="keras_gt")
class RocAuc(keras.metrics.Metric):
    """Exact area under the ROC curve, averaged over tasks that have both classes.

    The probability that a positive entry scores above a negative one, ties counting one half,
    each pair weighted by the product of its two weights. Keras' `AUC` is an approximation by
    thresholds. Every score of an epoch is kept, so there is a capacity; each update under `fit`
    sorts the whole buffer, so on small data a capacity of the number of entries is faster.

    Entries count whose target is not NaN or negative, whose sample weight is above 0 and whose
    Keras mask is true; only those take room. A task where one class is missing is left out of
    the average. The result is NaN, never a wrong number, if no task has both classes, if a score
    that counts is NaN, or if more entries were given than the capacity holds.

    Args:
        capacity: int, the number of samples (graphs or nodes) an epoch may have.
        num_tasks: int T.
        name: str.
        dtype: str or None.

    Raises:
        ValueError: if a size is not positive or predictions fit neither form below.

    `update_state(y_true, y_pred, sample_weight=None)` takes targets (..., T) of 0 and 1 with
    scores (..., T): probabilities or logits. With one task the last axis may be left out, and
    scores may be (..., 2), one for each class.

    Example:
        >>> import numpy as np
        >>> metric = RocAuc(capacity=10)
        >>> metric.update_state(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8]))
        >>> float(metric.result())
        0.75

    Reference:
        Hu et al., Open Graph Benchmark, 2020, https://arxiv.org/abs/2005.00687 (the average over
        tasks).
    """

    def __init__(self, capacity=2**16, num_tasks=1, name="roc_auc", dtype=None):
        super().__init__(name=name, dtype=dtype)
        for argument, value in (("capacity", capacity), ("num_tasks", num_tasks)):
            if value < 1:
                raise ValueError(
                    f"{argument} must be positive. Give a size of 1 or more. Received: "
                    f"{argument}={value}"
                )
        self.capacity = capacity
        self.num_tasks = num_tasks
        shape = (capacity + 1, num_tasks)  # the last row takes what does not count
        self.scores = self.add_variable(shape, "zeros", dtype="float32", name="scores")
        self.positive = self.add_variable(shape, "zeros", dtype="float32", name="positive")
        self.negative = self.add_variable(shape, "zeros", dtype="float32", name="negative")
        self.count = self.add_variable((), "zeros", dtype="int32", name="count")

    def update_state(self, y_true, y_pred, sample_weight=None):
        mask = keras_mask(y_pred)
        y_true, scores = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
        y_true, scores = ops.cast(y_true, "float32"), ops.cast(scores, "float32")
        y_true, scores = self._with_tasks(y_true, scores)
        weights = entry_weights(scores, mask, sample_weight)
        known = ops.logical_and(weights > 0, y_true >= 0)  # NaN >= 0 is false
        y_true, scores, weights, known = (
            ops.reshape(x, (-1, self.num_tasks)) for x in (y_true, scores, weights, known)
        )
        zeros = ops.zeros_like(weights)
        counts = ops.cast(ops.any(known, axis=1), "int32")  # (S,)
        position = self.count.value + ops.cumsum(counts) - 1
        position = ops.where(counts > 0, ops.minimum(position, self.capacity), self.capacity)
        where = ops.expand_dims(position, 1)
        is_positive = ops.logical_and(known, y_true > 0.5)
        is_negative = ops.logical_and(known, y_true <= 0.5)
        for variable, rows in (
            (self.scores, ops.where(known, scores, zeros)),
            (self.positive, ops.where(is_positive, weights, zeros)),
            (self.negative, ops.where(is_negative, weights, zeros)),
        ):
            variable.assign(ops.scatter_update(ops.convert_to_tensor(variable), where, rows))
        self.count.assign_add(ops.sum(counts))

    def _with_tasks(self, y_true, scores):
        """Targets and scores (..., T)."""
        if self.num_tasks == 1:
            ranks = len(y_true.shape), len(scores.shape)
            if scores.shape[-1] == 2 and (ranks[0] != ranks[1] or y_true.shape[-1] == 1):
                scores = scores[..., 1:] - scores[..., :1]  # a column a class
            if len(y_true.shape) == len(scores.shape) and scores.shape[-1] != 1:
                y_true, scores = ops.expand_dims(y_true, -1), ops.expand_dims(scores, -1)
            elif len(y_true.shape) < len(scores.shape):
                y_true = ops.expand_dims(y_true, -1)
            elif len(scores.shape) < len(y_true.shape):
                scores = ops.expand_dims(scores, -1)
        if y_true.shape[-1] != self.num_tasks or scores.shape[-1] != self.num_tasks:
            raise ValueError(
                "y_true and y_pred must have num_tasks columns. Give one target and one score for "
                f"each task. Received: y_true of shape {y_true.shape}, y_pred of shape "
                f"{scores.shape}, num_tasks={self.num_tasks}"
            )
        return y_true, scores

    def result(self):
        variables = (self.scores, self.positive, self.negative, self.count)
        return _mean_area(*(ops.convert_to_tensor(variable) for variable in variables))

    def get_config(self):
        return {
            "name": self.name,
            "dtype": self.dtype,
            "capacity": self.capacity,
            "num_tasks": self.num_tasks,
        }


@one_program
def _mean_area(scores, positive, negative, count):
    """The mean over the tasks with both classes, of a metric's variables."""
    capacity = scores.shape[0] - 1
    scores, positive, negative = (x[:capacity] for x in (scores, positive, negative))
    total, tasks = 0.0, 0.0
    for task in range(scores.shape[1]):
        area = _area(scores[:, task], positive[:, task], negative[:, task])
        both = ops.logical_and(ops.any(positive[:, task] > 0), ops.any(negative[:, task] > 0))
        total = total + ops.where(both, area, ops.zeros_like(area))
        tasks = tasks + ops.cast(both, "float32")
    sound = ops.logical_and(count <= capacity, tasks > 0)
    return ops.where(sound, total / ops.maximum(tasks, 1), float("nan"))


def _area(scores, positive, negative):
    """Weighted share of (positive, negative) pairs in the right order, for (S,) vectors."""
    order = ops.argsort(scores)
    scores, positive, negative = (ops.take(x, order) for x in (scores, positive, negative))
    new = ops.cast(ops.not_equal(scores[1:], scores[:-1]), "int32")
    group = ops.concatenate([ops.zeros((1,), dtype="int32"), ops.cumsum(new)])  # equal scores
    sums = ops.stack([positive, negative], axis=1)  # (S, 2)
    sums = segment_sum(sums, group, sums.shape[0])  # a row a distinct score, rising
    share = sums / ops.maximum(ops.sum(sums, axis=0), 1e-30)
    below = ops.cumsum(sums[:, 1]) - sums[:, 1] / 2
    area = ops.sum(share[:, 0] * below) / ops.maximum(ops.sum(sums[:, 1]), 1e-30)
    broken = ops.any(ops.isnan(scores))
    return ops.where(broken, float("nan"), area)
