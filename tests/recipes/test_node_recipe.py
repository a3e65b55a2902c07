import keras
import numpy as np
import pytest

from keras_gt import datasets
from keras_gt.models import GCN, NodeClassifier
from keras_gt.recipes import NodeRecipe
from tests.models.small_models import outputs


def club():
    """The karate club with two splits."""
    data = datasets.load("karate-club")
    splits = []
    for number in range(2):
        order = np.random.default_rng(number).permutation(34)
        parts = zip(("train", "validation", "test"), np.split(order, (10, 20)), strict=True)
        splits.append({part: np.isin(np.arange(34), nodes) for part, nodes in parts})
    return data.replace(splits={"drawn": splits})


def make_recipe(roc_auc):
    def task(data):
        backbone = GCN({"words": 34}, 4, output_dim=1 if roc_auc else 2)
        made = NodeClassifier(backbone, 1 if roc_auc else 2, multi_label=roc_auc, head=None)
        made.compile(optimizer=keras.optimizers.Adam(0.05), loss=made.loss)
        return made

    recipe = NodeRecipe(
        "gcn_club",
        description="For tests.",
        dataset="karate-club",
        split="two",
        task=task,
        epochs=10,
        runs="splits",
        num_runs=2,
        roc_auc=roc_auc,
        every=5,
        metric={"name": "score", "unit": "%", "higher_is_better": True},
        selected_by="validation score",
        paper={},
        settings={},
    )
    recipe.__dict__["data"] = club()
    return recipe


@pytest.mark.parametrize("roc_auc", [False, True])
def test_runs_are_splits(roc_auc):
    recipe = make_recipe(roc_auc)
    assert recipe.run_names == ["split 0", "split 1"]
    task, record = recipe.train(1, "preset", None, 0.0)
    assert record["epochs"] == 10
    assert [epoch for epoch, _ in record["curve"]] == [5, 10]
    assert record["validation"] >= max(value for _, value in record["curve"]) - 1e-3
    measured = recipe.evaluate(task, "split 1")
    assert measured == {"value": record["value"], "part": "test", "nodes": 14}
    assert make_recipe(roc_auc).train(1, "preset", None, 0.0)[1] == record
    sample = recipe.sample(task, 1)
    assert np.isfinite(outputs(task, sample)).all()


def test_crops_are_trained_on_instead_of_the_graph():
    recipe = make_recipe(True)
    recipe.crops = {"count": 6, "nodes": 9, "per_batch": 2}
    training = recipe._training(1)["x"]
    assert len(training) == 3
    inputs, labels, weights = training[0]
    assert inputs["node_mask"].sum() == 18
    assert labels.shape == (*inputs["node_mask"].shape, 1)
    assert 0 < weights.sum() < 18  # the training nodes alone
    record = recipe.train(1, "preset", None, 0.0)[1]
    assert record["epochs"] == 10
    again = make_recipe(True)
    again.crops = recipe.crops
    assert again.train(1, "preset", None, 0.0)[1] == record
