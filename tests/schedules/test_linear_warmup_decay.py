import keras
import numpy as np
import pytest

from keras_gt.schedules import LinearWarmupDecay
from tests.schedules.fitting import first_updates


def test_rises_to_its_height_and_falls_to_zero():
    schedule = LinearWarmupDecay(0.2, total_steps=14, warmup_steps=4)
    found = [float(schedule(step)) for step in range(16)]
    rise = [0.05, 0.1, 0.15, 0.2]
    fall = [0.2 * left / 10 for left in range(10, 0, -1)]
    np.testing.assert_allclose(found, [*rise, *fall, 0.0, 0.0], rtol=1e-5)


def test_falls_from_the_start_without_warmup():
    schedule = LinearWarmupDecay(1.0, total_steps=5)
    found = [float(schedule(step)) for step in range(6)]
    np.testing.assert_allclose(found, [1.0, 0.8, 0.6, 0.4, 0.2, 0.0], rtol=1e-6)


def test_fit_takes_the_rate_of_each_step():
    updates = first_updates(LinearWarmupDecay(0.5, total_steps=5, warmup_steps=2), 6)
    np.testing.assert_allclose(updates, [0.25, 0.5, 0.5, 1 / 3, 1 / 6, 0.0], atol=1e-5)


def test_keeps_its_config():
    schedule = LinearWarmupDecay(0.1, 9, 3, name="rate")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(schedule))
    assert isinstance(again, LinearWarmupDecay)
    assert again.get_config() == schedule.get_config()
    assert again.get_config() == {
        "learning_rate": 0.1,
        "total_steps": 9,
        "warmup_steps": 3,
        "name": "rate",
    }


@pytest.mark.parametrize(
    "arguments, words",
    [
        ((0.0, 10), "learning_rate must be positive"),
        ((0.1, 10, 10), "warmup_steps must be from 0 to less than total_steps"),
        ((0.1, 10, -1), "warmup_steps must be from 0 to less than total_steps"),
    ],
)
def test_arguments_are_checked(arguments, words):
    with pytest.raises(ValueError, match=words):
        LinearWarmupDecay(*arguments)
