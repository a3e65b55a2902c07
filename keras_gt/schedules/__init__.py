"""Learning rates of Transformers, step by step; the cosine is Keras' own `CosineDecay`."""

from keras_gt.schedules.linear_warmup_decay import LinearWarmupDecay as LinearWarmupDecay
from keras_gt.schedules.noam_schedule import NoamSchedule as NoamSchedule
