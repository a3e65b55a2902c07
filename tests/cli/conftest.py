"""A small zoo of real tasks, and recipes that need no time."""

import sys
import types

import keras
import pytest

import keras_gt
from keras_gt.cli import main
from keras_gt.graph import ATOM_FEATURE_SIZES, BOND_FEATURE_SIZES, Graph
from keras_gt.models import (
    GCN,
    GIN,
    GraphPreprocessor,
    GraphRegressor,
    LinkPredictor,
    NodeClassifier,
)
from keras_gt.presets import save_preset
from keras_gt.presets.index import build_index


def describe(dataset, value, **more):
    return {
        "description": f"For tests, on {dataset}.",
        "dataset": {"name": dataset},
        "metric": {
            "name": "accuracy",
            "unit": "%",
            "mean": value,
            "runs": [{"run": "seed 0", "value": value}],
        },
        "shipped": {"run": "seed 0", "value": value},
        **more,
    }


def build_zoo(directory):
    keras.utils.set_random_seed(0)
    words = {"words": 34}
    club = keras_gt.datasets.load("karate-club")
    transforms, names = ["add_self_loops", "normalise_gcn"], ["instructor", "officer"]
    preprocessor = GraphPreprocessor(transforms, label_names=names)
    node = NodeClassifier(GCN(words, 8), 2, preprocessor=preprocessor)
    prepared = preprocessor(club.graph).inputs()
    metadata = describe("karate-club", 90.0, paper={"title": "On clubs", "value": 91.0})
    save_preset(node, directory / "club_nodes", metadata, sample=prepared)

    link = LinkPredictor(GCN(words, 8), preprocessor=preprocessor)
    pairs = {"pairs": [[[0, 33], [1, 2]]]}
    sample = {**prepared, **pairs}
    save_preset(link, directory / "club_links", describe("karate-club", 80.0), sample=sample)

    atoms, bonds = ({"categories": sizes} for sizes in (ATOM_FEATURE_SIZES, BOND_FEATURE_SIZES))
    preprocessor = GraphPreprocessor(molecules=True, unit="log mol/l")
    molecules = GraphRegressor(GIN(atoms, 8, 1, edge_features=bonds), preprocessor=preprocessor)
    sample = Graph.from_smiles("CCO").inputs()
    save_preset(molecules, directory / "solubility", describe("esol", 0.6), sample=sample)
    build_index(directory)
    return directory


@pytest.fixture(scope="session")
def built_zoo(tmp_path_factory):
    return build_zoo(tmp_path_factory.mktemp("zoo"))


@pytest.fixture
def zoo(built_zoo, monkeypatch):
    """Three presets in a directory of their own, the only ones with names."""
    monkeypatch.setattr("keras_gt.presets.zoo.shipped_zoo", lambda: built_zoo)
    monkeypatch.delenv("KERAS_GT_ZOO", raising=False)
    monkeypatch.delenv("KERAS_GT_DATA", raising=False)
    return built_zoo


@pytest.fixture
def copied_zoo(zoo, tmp_path, monkeypatch):
    """The same zoo, in a copy that a test may damage."""
    import shutil

    copied = shutil.copytree(zoo, tmp_path / "zoo")
    monkeypatch.setattr("keras_gt.presets.zoo.shipped_zoo", lambda: copied)
    return copied


@pytest.fixture
def run(capsys, monkeypatch):
    """A function that runs `keras-gt` and returns (exit status, output, errors)."""
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments):
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


class Recipe:
    def __init__(self, name):
        self.name, self.calls = name, []

    def run(self, output_directory, budget_seconds=None, resume=True, progress=None):
        self.calls.append((output_directory, budget_seconds, resume))
        return {"preset": self.name, "runs": 2, "of": 3, "mean": 90.0, "std": 0.5}

    def evaluate(self, task, run=None):
        assert run == "seed 0"
        return {"value": {"club_nodes": 90.1, "club_links": 70.0}[self.name], "nodes": 34}


@pytest.fixture
def recipes(monkeypatch):
    """Two recipes by name, in the place of keras_gt.recipes."""
    known = {name: Recipe(name) for name in ("club_nodes", "club_links")}

    def get(name):
        if name not in known:
            raise ValueError(f"`name` must be a recipe. Received: {name!r}")
        return known[name]

    module = types.ModuleType("keras_gt.recipes")
    module.get, module.names = get, lambda: list(known)
    monkeypatch.setitem(sys.modules, "keras_gt.recipes", module)
    monkeypatch.setattr(keras_gt, "recipes", module, raising=False)
    return known
