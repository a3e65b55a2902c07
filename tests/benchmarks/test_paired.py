import numpy as np
import pytest

from benchmarks.questions.paired import compare, spread_ratio


def runs_of(heads, values, **more):
    return [
        {"settings": {"heads": heads}, "seed": seed, "test": value, **more}
        for seed, value in enumerate(values)
    ]


def test_settings_are_compared_over_the_seeds_that_both_have():
    runs = runs_of(1, [80.0, 70.0, 75.0, 10.0], parameters=7) + runs_of(2, [82.0, 72.5, 77.0])
    runs += runs_of(4, [90.0])
    first, second = compare(runs, "test", [{"heads": 1}, {"heads": 2}, {"heads": 4}], {"heads": 1})
    assert first["difference"] is None and first["parameters"] == 7 and first["worst"] == 10.0
    assert second["mean"] == pytest.approx(np.mean([82.0, 72.5, 77.0]))
    assert second["std"] == pytest.approx(np.std([82.0, 72.5, 77.0], ddof=1))
    np.testing.assert_allclose(second["difference"]["runs"], [2.0, 2.5, 2.0])
    assert second["difference"]["verdict"] == "higher"


def test_spreads_are_told_apart_only_where_the_runs_allow_it():
    narrow = np.array([-1.0, 0.0, 1.0, -0.5, 0.5])
    assert spread_ratio(narrow, narrow)["verdict"] == "inconclusive"
    assert spread_ratio(2 * narrow, narrow)["ratio"] == pytest.approx(2.0)
    assert spread_ratio(2 * narrow, narrow)["verdict"] == "inconclusive"
    wide = spread_ratio(20 * narrow, narrow)
    assert wide["verdict"] == "wider" and wide["low"] < 20 < wide["high"]
    assert spread_ratio(narrow, 20 * narrow)["verdict"] == "narrower"


def test_the_interval_of_a_ratio_holds_it_as_often_as_it_says():
    generator = np.random.default_rng(0)
    inside = [
        ratio["low"] < 1 < ratio["high"]
        for ratio in (spread_ratio(*generator.normal(size=(2, 5))) for _ in range(400))
    ]
    assert 0.92 < np.mean(inside) < 0.98
