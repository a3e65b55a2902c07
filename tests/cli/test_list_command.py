import json


def test_table(zoo, run):
    status, output, _ = run("list")
    assert status == 0
    line = next(line for line in output.splitlines() if "club_nodes" in line)
    for part in (
        "NodeClassifier",
        "GCN",
        "karate-club",
        "accuracy",
        "90.0 %",
        "91.0 %",
    ):
        assert part in line
    assert len([line for line in output.splitlines() if "karate-club" in line]) == 2


def test_json(zoo, run):
    status, output, _ = run("list", "--json")
    presets = json.loads(output)
    assert status == 0
    assert list(presets) == ["club_links", "club_nodes", "solubility"]
    assert presets["solubility"]["class_name"] == "GraphRegressor"
    assert presets["solubility"]["files"]["config.json"]["size"] > 0
