import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras_gt")
class NoamSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """The learning rate of the first Transformer: up linearly, then down as 1 / sqrt(t).

        lr(t) = scale d^-0.5 min(t^-0.5, t w^-1.5)

    with d the width of the model, w the steps of warm-up and t the step counted from 1, as the
    paper counts; optimizers count from 0, so step s is t = s + 1. The height, at t = w, is
    scale (d w)^-0.5.

    Args:
        hidden_dim: int d, the width of the model.
        warmup_steps: int w, at least 1. The paper's is 4,000.
        scale: float, a factor on all of it. The paper's is 1.
        name: str.

    Call arguments:
        step: int or integer tensor, counted from 0.

    Returns:
        A float32 scalar.

    Raises:
        ValueError: if a size or the scale is not positive.

    Example:
        >>> from keras_gt.schedules import NoamSchedule
        >>> schedule = NoamSchedule(hidden_dim=512, warmup_steps=4000)
        >>> [round(1e4 * float(schedule(step)), 3) for step in (0, 1999, 3999, 15999)]
        [0.002, 3.494, 6.988, 3.494]

    Reference:
        Vaswani et al., Attention Is All You Need, 2017, https://arxiv.org/abs/1706.03762,
        section 5.3, equation 3.
    """

    def __init__(self, hidden_dim, warmup_steps=4000, scale=1.0, name="noam_schedule"):
        super().__init__()
        for key, value in (("hidden_dim", hidden_dim), ("warmup_steps", warmup_steps)):
            if value < 1:
                raise ValueError(f"{key} must be at least 1. Received: {key}={value}")
        if scale <= 0:
            raise ValueError(f"scale must be positive. Received: scale={scale}")
        self.hidden_dim = hidden_dim
        self.warmup_steps = warmup_steps
        self.scale = scale
        self.name = name

    def __call__(self, step):
        count = ops.cast(step, "float32") + 1.0
        rise = count * self.warmup_steps**-1.5
        return self.scale * self.hidden_dim**-0.5 * ops.minimum(ops.rsqrt(count), rise)

    def get_config(self):
        return {
            "hidden_dim": self.hidden_dim,
            "warmup_steps": self.warmup_steps,
            "scale": self.scale,
            "name": self.name,
        }
