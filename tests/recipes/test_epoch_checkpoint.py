import json
import time

import numpy as np

from tests.recipes.small_graphs import small_recipe


def test_a_stopped_run_ends_as_one_that_was_not(tmp_path):
    recipe = small_recipe(resumable=True)
    recipe.epochs = 3
    whole, measured = recipe.train(0, "preset", tmp_path / "whole", time.monotonic() + 1e4)
    epochs, used = 0, 0.0
    while (result := recipe.train(0, "preset", tmp_path / "parts", time.monotonic())) is None:
        epochs += 1
        state = json.loads((tmp_path / "parts" / "preset_fold_0" / "state.json").read_text())
        assert state["epoch"] == epochs
        assert state["used"]["seconds"] > used  # the time of all parts is counted
        used = state["used"]["seconds"]
    task, again = result
    assert epochs == 2
    assert again["seconds"] >= round(used, 1)
    assert again["epochs"] == measured["epochs"] == 3
    assert again["curve"] == measured["curve"]
    assert again["value"] == measured["value"]
    for one, other in zip(task.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    assert len(list((tmp_path / "parts" / "preset_fold_0").iterdir())) == 3
