import json

import keras
import numpy as np
import pytest

from keras_gt import datasets, recipes
from keras_gt.models import GCN, NodeClassifier
from keras_gt.presets import PresetFiles, load_preset
from keras_gt.recipes import Recipe
from keras_gt.recipes.run_records import RunRecords


class ClubRecipe(Recipe):
    """Runs that take no time: the weights say which run they are of."""

    validations = {"preset": [3.0, 5.0, 4.0], "no edges": [1.0, 1.0, 1.0]}
    unfinished = ()

    def __init__(self):
        super().__init__(
            "gcn_club",
            description="For tests.",
            dataset="karate-club",
            split="none",
            run_names=["seed 0", "seed 1", "seed 2"],
            metric={"name": "accuracy", "unit": "%", "higher_is_better": True},
            selected_by="validation accuracy",
            paper={"title": "On clubs", "value": 91.0},
            settings={"epochs": 1},
            baselines={"no edges": "the model without edges"},
            notes=["A note."],
        )
        self.trained = []

    def build(self, number=0, variant="preset"):
        return NodeClassifier(GCN({"words": 34}, 4, output_dim=2), 2, head=None)

    def train(self, number, variant, work, deadline):
        self.trained.append((variant, number))
        if (variant, number) in self.unfinished:
            return None
        task = self.build()
        task.set_weights([np.full(weight.shape, number, "float32") for weight in task.weights])
        value = 10.0 * number
        validation = self.validations[variant][number]
        return task, {"value": value, "validation": validation, "epochs": 1}

    def sample(self, task, number):
        return datasets.load(self.dataset).inputs


@pytest.fixture
def recipe():
    return ClubRecipe()


def run(recipe, directory, **options):
    lines = []
    return recipe.run(directory / "zoo" / recipe.name, progress=lines.append, **options), lines


def test_whole_protocol(recipe, tmp_path):
    summary, lines = run(recipe, tmp_path)
    shipped = {"run": "seed 1", "value": 10.0}
    std = pytest.approx((200 / 3) ** 0.5)
    assert summary == {
        "preset": "gcn_club",
        "runs": 3,
        "of": 3,
        "mean": 10.0,
        "std": std,
        "shipped": shipped,
    }
    assert len(lines) == 8
    preset = tmp_path / "zoo" / "gcn_club"
    files = PresetFiles(preset)
    files.check_all()
    assert {"runs.json", "README.md", "sample.npz"} <= set(files.files)
    metadata = files.metadata
    assert metadata["metric"]["mean"] == 10.0 and len(metadata["metric"]["runs"]) == 3
    assert metadata["shipped"]["validation"] == 5.0
    assert "no edges" not in metadata["recipe"]["command"]
    assert any("Beside the model without edges" in note for note in metadata["notes"])
    assert not any("not complete" in note for note in metadata["notes"])
    loaded = load_preset(NodeClassifier, str(preset))
    assert all(np.all(weight == 1) for weight in loaded.get_weights())
    record = json.loads((preset / "runs.json").read_text())["preset"][0]
    assert record["command"].endswith("keras-gt train gcn_club")
    assert record["backend"] == keras.config.backend()
    assert "gcn_club" in json.loads((tmp_path / "zoo" / "index.json").read_text())["presets"]


def test_goes_on_where_it_was_stopped(recipe, tmp_path):
    recipe.unfinished = [("preset", 2)]
    summary, lines = run(recipe, tmp_path)
    assert (summary["runs"], summary["of"]) == (2, 3)
    assert "to go on later" in lines[2]
    metadata = PresetFiles(tmp_path / "zoo" / "gcn_club").metadata
    assert "Runs 2 of 3" in metadata["notes"][0]
    recipe.unfinished, recipe.trained = (), []
    summary, _ = run(recipe, tmp_path)
    assert summary["runs"] == 3
    assert recipe.trained[0] == ("preset", 2)
    recipe.trained = []
    assert run(recipe, tmp_path)[1] == []
    assert recipe.trained == []


def test_goes_on_from_the_preset_alone(recipe, tmp_path):
    recipe.unfinished = [("preset", 2)]
    run(recipe, tmp_path)
    for path in (tmp_path / "zoo.training" / "gcn_club").iterdir():
        path.unlink()
    recipe.unfinished = ()
    summary, _ = run(recipe, tmp_path)
    assert summary["runs"] == 3
    loaded = load_preset(NodeClassifier, str(tmp_path / "zoo" / "gcn_club"))
    assert all(np.all(weight == 1) for weight in loaded.get_weights())


def test_a_kill_before_the_record_leaves_the_best_recorded_run(recipe, tmp_path, monkeypatch):
    class Killed(BaseException):
        pass

    add = RunRecords.add

    def killed(records, record, variant):
        if record["run"] == "seed 1":
            raise Killed
        add(records, record, variant)

    monkeypatch.setattr(RunRecords, "add", killed)
    with pytest.raises(Killed):
        run(recipe, tmp_path)
    monkeypatch.undo()
    recipe.validations = {**recipe.validations, "preset": [3.0, 1.0, 1.0]}
    run(recipe, tmp_path)
    loaded = load_preset(NodeClassifier, str(tmp_path / "zoo" / "gcn_club"))
    assert all(np.all(weight == 0) for weight in loaded.get_weights())


def test_budget_and_restart(recipe, tmp_path):
    assert run(recipe, tmp_path, budget_seconds=0)[0] == {"preset": "gcn_club", "runs": 0, "of": 3}
    assert recipe.trained == []
    run(recipe, tmp_path)
    run(recipe, tmp_path, resume=False)
    assert len(recipe.trained) == 12


@pytest.mark.parametrize(
    ("backends", "words", "spread"),
    [
        (["jax"], "jax", False),
        (["torch", "torch"], "torch", True),
        (["jax", "torch", "torch"], "jax (1 run), torch (2)", True),
    ],
)
def test_the_card_counts_backends_and_gives_one_run_no_spread(
    recipe, tmp_path, backends, words, spread
):
    records = RunRecords(tmp_path / "runs.json")
    for number, backend in enumerate(backends):
        run = {"run": f"seed {number}", "value": 1.0, "validation": 1.0, "backend": backend}
        records.add({**run, "cpu_seconds": 1.0})
    metadata = recipe.metadata(records)
    assert metadata["recipe"]["backend"] == words
    assert ("std" in metadata["metric"]) == spread


def test_names_and_get():
    assert len(recipes.names()) == len(set(recipes.names()))
    for name in recipes.names():
        recipe = recipes.get(name)
        assert recipe.name == name
        assert recipe.run_names and recipe.dataset in datasets.names()
    with pytest.raises(ValueError, match="name must be a recipe"):
        recipes.get("unknown")


def test_what_a_subclass_must_say(tmp_path):
    recipe = recipes.get("gcn_cora")
    for method, arguments in (("build", ()), ("train", (0, "preset", None, 0.0))):
        with pytest.raises(NotImplementedError, match="must have"):
            getattr(Recipe, method)(recipe, *arguments)
