"""One compiled model for many seeds: compiling takes longer than a short run."""

import keras
import numpy as np


def restart(task, build, seed):
    """Gives a compiled task the state of a fresh one.

    All variables become those of `build()` under the seed (weights, seed generators, moving
    statistics), the optimizer's those of before the first step.

    Args:
        task: a compiled `keras_gt.models.Task` made by `build`.
        build: function that makes the same task anew.
        seed: int.
    """
    keras.utils.set_random_seed(seed)
    fresh = build()
    for variable, start in zip(task.variables, fresh.variables, strict=True):
        variable.assign(keras.ops.convert_to_numpy(start))
    optimizer = task.optimizer
    if not optimizer.built:
        optimizer.build(task.trainable_variables)
    for variable in optimizer.variables:
        if variable is not optimizer._learning_rate:
            variable.assign(np.zeros(variable.shape, variable.dtype))
    task.stop_training = False
