import json

from keras_gt.presets import open_preset


def test_prints_where_they_are(zoo, run):
    status, output, _ = run("download", "--all", "--json")
    results = json.loads(output)
    assert status == 0
    assert [result["preset"] for result in results] == ["club_links", "club_nodes", "solubility"]
    assert results[1]["directory"] == str(zoo / "club_nodes")


def test_copies_to_a_directory(zoo, run, tmp_path):
    status, output, _ = run("download", "club_nodes", "--output", tmp_path / "mine")
    assert status == 0
    assert str(tmp_path / "mine" / "club_nodes") in output
    copied = open_preset(tmp_path / "mine" / "club_nodes")
    copied.check_all()
    assert copied.sha256 == open_preset("club_nodes").sha256
    status, _, errors = run("download", "club_nodes", "--output", tmp_path / "mine")
    assert status == 1
    assert "exists" in errors


def test_wrong_choices(zoo, run):
    assert "or --all. Received" in run("download")[2]
    assert "or --all. Received" in run("download", "club_nodes", "--all")[2]
    assert "must come with one preset" in run("download", "--all", "--sha256", "0" * 64)[2]
