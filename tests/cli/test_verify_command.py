import json

import pytest

from keras_gt.presets import update_metadata
from keras_gt.presets.index import build_index


def test_everything_is_well(zoo, run):
    status, output, errors = run("verify", "--json")
    results = json.loads(output)
    assert (status, errors) == (0, "")
    assert [result["preset"] for result in results] == ["club_links", "club_nodes", "solubility"]
    for result in results:
        assert result["ok"]
        assert result["files"] == "ok"
        assert result["difference"] <= 1e-5


def test_damaged_file(copied_zoo, run):
    (copied_zoo / "club_nodes" / "config.json").write_text("{}")
    status, output, _ = run("verify", "club_nodes", "solubility")
    assert status == 1
    assert "FAILED: config.json of 'club_nodes'" in output
    assert (
        next(line for line in output.splitlines() if "solubility" in line).rstrip().endswith("ok")
    )


def test_changed_weights_with_right_hashes(copied_zoo, run):
    preset = copied_zoo / "solubility"
    (preset / "sample.npz").write_bytes((copied_zoo / "club_nodes" / "sample.npz").read_bytes())
    update_metadata(preset)
    build_index(copied_zoo)
    status, output, _ = run("verify", "solubility", "--json")
    assert status == 1
    assert not json.loads(output)[0]["ok"]
    assert json.loads(output)[0]["problem"]


@pytest.mark.parametrize("way", ["option", "data"])
def test_metric(zoo, run, recipes, monkeypatch, way, tmp_path):
    if way == "data":
        monkeypatch.setenv("KERAS_GT_DATA", str(tmp_path))
    option = ["--metric"] if way == "option" else []
    status, output, _ = run("verify", "club_nodes", "--json", *option)
    (result,) = json.loads(output)
    assert (status, result["metric"], result["shipped"]) == (0, 90.1, 90.0)
    status, output, _ = run("verify", "club_links", *option)
    assert status == 1
    assert "FAILED: the metric is 70, not 80" in output
    assert "metric" not in json.loads(run("verify", "club_links", "--no-metric", "--json")[1])[0]


def test_unknown_recipe_is_a_failure(zoo, run, recipes):
    status, output, _ = run("verify", "solubility", "--metric", "--json")
    assert status == 1
    assert "must be a recipe" in json.loads(output)[0]["problem"]


def test_empty_zoo(run, tmp_path, monkeypatch):
    monkeypatch.setattr("keras_gt.presets.zoo.shipped_zoo", lambda: tmp_path)
    monkeypatch.delenv("KERAS_GT_ZOO", raising=False)
    assert run("verify")[0] == 1
