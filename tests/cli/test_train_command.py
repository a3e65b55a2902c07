import json
import pathlib

import pytest

from keras_gt.cli import main


def test_one_recipe(run, recipes, tmp_path):
    status, output, _ = run("train", "club_nodes", "--output", tmp_path, "--json")
    assert status == 0
    assert json.loads(output)["club_nodes"]["mean"] == 90.0
    assert recipes["club_nodes"].calls == [(tmp_path / "club_nodes", None, True)]


def test_all_within_a_budget(run, recipes):
    status, output, _ = run("train", "--all", "--budget", "1h30m", "--restart")
    assert status == 0
    assert output.splitlines()[0] == "club_nodes: 2 of 3 runs, 90 ± 0.5"
    for name, recipe in recipes.items():
        ((output, budget, resume),) = recipe.calls
        assert output == pathlib.Path("zoo") / name
        assert 5390 < budget <= 5400
        assert not resume


def test_spent_budget(run, recipes):
    status, output, errors = run("train", "club_nodes", "--budget", "0s")
    assert (status, output) == (0, "")
    assert errors == "club_nodes: not started, the budget is spent\n"
    assert recipes["club_nodes"].calls == []


def test_wrong_usage(run, recipes, capsys):
    assert "or --all. Received" in run("train")[2]
    assert "must be a recipe" in run("train", "club_nodes", "unknown")[2]
    assert recipes["club_nodes"].calls == []
    with pytest.raises(SystemExit) as caught:
        main(["train", "club_nodes", "--budget", "soon"])
    assert caught.value.code == 2
    assert "a time must be like 90s" in capsys.readouterr().err
