import math

import numpy as np

from keras_gt import recipes
from tests.recipes.small_texts import small_texts


def small_recipe(epochs):
    recipe = recipes.get("tree_transformer_sst5")
    recipe.__dict__["data"] = small_texts()
    recipe.epochs = epochs
    return recipe


def test_the_tree_transformer_goes_on_where_it_was_stopped(tmp_path):
    recipe = small_recipe(epochs=2)
    task, record = recipe.train(0, "preset", tmp_path / "whole", math.inf)
    assert record["epochs"] == 2 and len(record["curve"]) == 2
    assert record["value"] == recipe.evaluate(task)["value"]
    assert recipe.train(0, "preset", tmp_path / "parts", 0.0) is None  # stops after an epoch
    again, resumed = recipe.train(0, "preset", tmp_path / "parts", math.inf)
    assert resumed["curve"] == record["curve"]
    for ours, theirs in zip(again.get_weights(), task.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_a_phrase_is_judged_by_what_is_in_it():
    task = small_recipe(epochs=1).build()
    whole = task.predict("(S (NN film) (VP (JJ good) (PRP it1)))")
    phrase = task.predict("(VP (JJ good) (PRP it1))")
    assert whole.shape == (5, 2)
    np.testing.assert_allclose(whole[[1, 2, 3]], phrase, atol=1e-5)
    assert np.abs(whole[4] - phrase[2]).max() > 1e-3
