import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras_gt")
class LinearWarmupDecay(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate that rises linearly to its height and falls linearly to zero.

        lr(s) = learning_rate max(0, min((s + 1) / w, (T - s) / (T - w)))

    with s the step counted from 0, w the steps of warm-up and T all steps. Both the first and the
    last of the T steps move the weights; after them the rate is 0. With w = 0 it falls from the
    start. This is how BERT was trained.

    Args:
        learning_rate: float, the height.
        total_steps: int T, more than warmup_steps.
        warmup_steps: int w.
        name: str.

    Call arguments:
        step: int or integer tensor, counted from 0.

    Returns:
        A float32 scalar.

    Raises:
        ValueError: if learning_rate is not positive, or not 0 <= warmup_steps < total_steps.

    Example:
        >>> from keras_gt.schedules import LinearWarmupDecay
        >>> schedule = LinearWarmupDecay(1.0, total_steps=6, warmup_steps=2)
        >>> [float(schedule(step)) for step in range(7)]
        [0.5, 1.0, 1.0, 0.75, 0.5, 0.25, 0.0]

    Reference:
        Devlin et al., BERT, 2019, https://arxiv.org/abs/1810.04805, appendix A.2.
    """

    def __init__(self, learning_rate, total_steps, warmup_steps=0, name="linear_warmup_decay"):
        super().__init__()
        if learning_rate <= 0:
            raise ValueError(
                f"learning_rate must be positive. Received: learning_rate={learning_rate}"
            )
        if not 0 <= warmup_steps < total_steps:
            raise ValueError(
                "warmup_steps must be from 0 to less than total_steps. Leave steps for the fall. "
                f"Received: warmup_steps={warmup_steps}, total_steps={total_steps}"
            )
        self.learning_rate = learning_rate
        self.total_steps = total_steps
        self.warmup_steps = warmup_steps
        self.name = name

    def __call__(self, step):
        step = ops.cast(step, "float32")
        rise = (step + 1.0) / max(self.warmup_steps, 1)
        fall = (self.total_steps - step) / (self.total_steps - self.warmup_steps)
        return self.learning_rate * ops.maximum(ops.minimum(rise, fall), 0.0)

    def get_config(self):
        return {
            "learning_rate": self.learning_rate,
            "total_steps": self.total_steps,
            "warmup_steps": self.warmup_steps,
            "name": self.name,
        }
