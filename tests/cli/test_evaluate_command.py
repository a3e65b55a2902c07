import json


def test_value_beside_the_shipped_one(zoo, run, recipes):
    status, output, _ = run("evaluate", "club_nodes")
    assert status == 0
    assert output.splitlines() == [
        "preset: club_nodes",
        "metric: accuracy",
        "value: 90.1 %",
        "shipped: 90.0 %",
        "nodes: 34",
    ]
    assert json.loads(run("evaluate", "club_nodes", "--json")[1])["value"] == 90.1


def test_no_recipe(zoo, run, recipes):
    status, _, errors = run("evaluate", "solubility")
    assert status == 1
    assert "must be a recipe" in errors
