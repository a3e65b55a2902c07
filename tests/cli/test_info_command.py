import json


def test_the_card(zoo, run):
    status, output, _ = run("info", "club_nodes")
    assert status == 0
    assert output.strip() == (zoo / "club_nodes" / "README.md").read_text().strip()


def test_json_and_pin(zoo, run):
    status, output, _ = run("info", zoo / "club_nodes", "--json")
    metadata = json.loads(output)
    assert (status, metadata["class_name"]) == (0, "NodeClassifier")
    assert run("info", zoo / "club_nodes", "--sha256", metadata["sha256"])[0] == 0
    status, _, errors = run("info", zoo / "club_nodes", "--sha256", "0" * 64)
    assert status == 1
    assert "must have the sha256" in errors
