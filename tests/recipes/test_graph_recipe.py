import numpy as np
import pytest

from keras_gt.recipes.graph_recipe import (
    accuracy,
    balanced_accuracy,
    crossentropy,
    mean_absolute_error,
    root_mean_squared_error,
)
from tests.recipes.small_graphs import small_recipe


def test_scores():
    labels, outputs = np.array([1.0, 2.0]), np.array([[1.0], [4.0]])
    assert root_mean_squared_error(labels, outputs) == pytest.approx(2**0.5)
    assert mean_absolute_error(labels, outputs) == 1.0
    logits = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert accuracy(np.array([0, 0, 0]), logits) == pytest.approx(200 / 3)
    assert balanced_accuracy(np.array([0, 0, 1]), logits) == 100.0
    assert balanced_accuracy(np.array([0, 1, 1]), logits) == 75.0
    expected = (2 * np.log(1 + np.e) + np.log(2) - 1) / 3
    assert crossentropy(np.array([0, 0, 0]), logits) == pytest.approx(expected)


def test_same_seed_same_run():
    one, other = (small_recipe().train(0, "preset", None, 0.0)[1] for _ in range(2))
    assert one == other
    assert one["epochs"] == 4 and len(one["curve"]) == 4


def test_the_last_epoch_is_kept_where_a_recipe_says_so():
    record = small_recipe(keep_last=True).train(0, "preset", None, 0.0)[1]
    assert record["best_epoch"] == 4 and len(record["curve"]) == 4


def test_of_several_seeds_the_best_on_validation_is_the_run():
    recipe = small_recipe(seeds=3)
    task, record = recipe.train(0, "preset", None, 0.0)
    assert [turn["seed"] for turn in record["seeds"]] == [0, 1, 2]
    best = max(record["seeds"], key=lambda turn: turn["validation"])
    assert (record["validation"], record["value"]) == (best["validation"], best["value"])
    assert recipe.score(task, 0, "validation") == record["validation"]
    first = small_recipe().train(0, "preset", None, 0.0)[1]
    assert record["seeds"][0]["validation"] == first["validation"]
    with pytest.raises(ValueError, match="seeds must be 1"):
        small_recipe(seeds=2, resumable=True)


def test_evaluate_is_the_runs_value():
    recipe = small_recipe()
    task, record = recipe.train(0, "preset", None, 0.0)
    assert recipe.evaluate(task, "fold 0") == {
        "value": record["value"],
        "part": "test",
        "graphs": 6,
    }
    assert recipe.sample(task, 0)["graph_mask"].shape == (1, 6)


def test_left_out_graphs_stay_in_the_test_part():
    recipe = small_recipe(left_out=lambda data: np.array([0, 13, 20]))
    (fold,) = recipe.folds
    assert 0 not in fold["train"] and 13 not in fold["validation"] and 20 in fold["test"]
    assert [len(fold[part]) for part in ("train", "validation", "test")] == [11, 5, 6]


def test_learning_rate_rises_and_falls():
    schedule = small_recipe().schedule(steps=2)
    rates = [float(schedule(step)) for step in range(9)]
    assert max(rates) == rates[2] == pytest.approx(1e-2)
    assert rates[8] == pytest.approx(0, abs=1e-9)


def test_transforms_of_a_variant():
    empty = np.zeros(0, "int32")
    recipe = small_recipe(
        transforms={"preset": lambda graph: graph.replace(senders=empty, receivers=empty)}
    )
    assert all(graph.num_edges == 0 for graph in recipe.prepared("preset"))
