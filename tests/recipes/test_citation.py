"""What the cards of GCN add to its runs."""

import json

import pytest

from keras_gt import recipes
from keras_gt.presets import zoo
from keras_gt.recipes.recipe import mean_and_std


def recorded(name):
    return json.loads((zoo.shipped_zoo() / name / "runs.json").read_text("utf-8"))["preset"]


def test_the_first_ten_seeds_on_cora():
    mean, spread = mean_and_std(recorded("gcn_cora")[:10])
    (note,) = recipes.get("gcn_cora").notes
    assert f"a mean of {mean:.2f} %, with a spread of {spread:.2f}" in note


def test_the_seed_that_stopped_early_on_citeseer():
    runs = recorded("gcn_citeseer")
    lowest = min(runs, key=lambda run: run["value"])
    mean, spread = mean_and_std([run for run in runs if run is not lowest])
    (note,) = recipes.get("gcn_citeseer").notes
    assert lowest["run"].capitalize() in note
    assert f"at epoch {lowest['epochs']}, at {lowest['value']:.1f} %" in note
    assert len(runs) == 100
    assert f"other 99 have a mean of {mean:.2f} %, with a spread of {spread:.2f}" in note


@pytest.mark.parametrize("name", ["gcn_cora", "gcn_citeseer"])
def test_the_first_ten_seeds_come_first(name):
    assert [run["run"] for run in recorded(name)[:10]] == [f"seed {seed}" for seed in range(10)]
