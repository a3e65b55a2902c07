"""What the card of ZINC says of eigenvectors is what was measured on the shipped weights."""

import json
import pathlib

import pytest

from keras_gt import recipes
from keras_gt.presets import zoo

ROOT = pathlib.Path(__file__).parents[2]


def test_the_spread_over_eigenvectors():
    path = ROOT / "benchmarks" / "results" / "eigenvector_spread.json"
    record = json.loads(path.read_text("utf-8"))
    spread = record["signs and rotations"]
    errors = [row["error"] for row in record["rows"] if row["kind"] == "signs and rotations"]
    _, note = recipes.get("graph_transformer_zinc").notes
    assert len(errors) == 10
    assert f"draws of both {spread['mean']:.4f} ± {spread['std']:.4f}" in note
    assert f"from {min(errors):.4f} to {max(errors):.4f}" in note
    assert f"of {record['graphs_with_a_repeated_eigenvalue']} of the {record['graphs']:,}" in note
    shipped = zoo.installed_index()["graph_transformer_zinc"]["shipped"]["value"]
    assert record["as_the_preprocessor_gives_them"] == pytest.approx(shipped, abs=1e-5)
