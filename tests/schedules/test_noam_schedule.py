import keras
import numpy as np
import pytest

from keras_gt.schedules import NoamSchedule
from tests.schedules.fitting import first_updates


def reference(step_number, width, warmup):
    """Equation 3 of the paper, with steps counted from 1."""
    return width**-0.5 * min(step_number**-0.5, step_number * warmup**-1.5)


@pytest.mark.parametrize("width, warmup", [(512, 4000), (64, 1), (13, 7)])
def test_equals_the_paper_at_every_step(width, warmup):
    schedule = NoamSchedule(width, warmup)
    steps = [0, 1, warmup - 1, warmup, 3 * warmup, 100_000]
    found = [float(schedule(step)) for step in steps]
    expected = [reference(step + 1, width, warmup) for step in steps]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert found[0] > 0


def test_is_highest_where_the_warmup_ends():
    rates = [float(NoamSchedule(32, 11, scale=3.0)(step)) for step in range(40)]
    assert np.argmax(rates) == 10
    assert max(rates) == pytest.approx(3.0 * (32 * 11) ** -0.5, rel=1e-5)


def test_fit_takes_the_rate_of_each_step():
    schedule = NoamSchedule(16, 2)
    expected = [reference(number, 16, 2) for number in (1, 2, 3, 4)]
    np.testing.assert_allclose(first_updates(schedule, 4), expected, rtol=1e-4)


def test_keeps_its_config():
    schedule = NoamSchedule(24, 5, scale=0.5, name="rate")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(schedule))
    assert isinstance(again, NoamSchedule)
    assert again.get_config() == schedule.get_config()
    assert again.get_config() == {"hidden_dim": 24, "warmup_steps": 5, "scale": 0.5, "name": "rate"}


@pytest.mark.parametrize(
    "arguments, words",
    [
        ((0, 10), "hidden_dim must be at least 1"),
        ((8, 0), "warmup_steps must be at least 1"),
        ((8, 10, 0.0), "scale must be positive"),
    ],
)
def test_sizes_must_be_positive(arguments, words):
    with pytest.raises(ValueError, match=words):
        NoamSchedule(*arguments)
