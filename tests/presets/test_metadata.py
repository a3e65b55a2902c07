import pytest

from keras_gt.presets import open_preset, update_metadata
from keras_gt.presets.metadata import check_description


def test_update_changes_words_card_and_hashes(preset):
    (preset / "runs.json").write_text("[1]")
    content = update_metadata(preset, {"description": "Renewed.", "paper": None})
    assert "paper" not in content
    assert "runs.json" in content["files"]
    assert "Renewed." in (preset / "README.md").read_text()
    files = open_preset(preset)
    files.check_all()
    assert files.metadata == content


def test_update_without_changes_writes_nothing(preset):
    before = {path.name: path.stat().st_mtime_ns for path in preset.iterdir()}
    update_metadata(preset)
    assert {path.name: path.stat().st_mtime_ns for path in preset.iterdir()} == before


def test_update_refuses_what_no_preset_can_have(preset, tmp_path):
    with pytest.raises(ValueError, match="must have keys among name, description, .*'licens'"):
        update_metadata(preset, {"licens": {}})
    (preset / "attention plot.png").write_text("")
    with pytest.raises(ValueError, match="must have a plain name"):
        update_metadata(preset)
    with pytest.raises(FileNotFoundError):
        update_metadata(tmp_path)


@pytest.mark.parametrize(
    ("description", "message"),
    [
        ({"files": {}}, "must have keys among"),
        ({"metric": 83.0}, r"`metadata\['metric'\]` must be of type dict"),
        ({"training_time": True}, "must be of type Real"),
        ({"dataset": {}}, "Add 'name'"),
        ({"metric": {"name": "accuracy", "mean": 1.0}}, "Add 'runs'"),
        ({"metric": {"name": "accuracy", "mean": 1.0, "runs": []}}, "must list every run"),
        ({"metric": {"name": "accuracy", "mean": 1.0, "runs": [1.0]}}, "must list every run"),
        (
            {"metric": {"name": "accuracy", "mean": 1.1, "runs": [{"value": 1.0}]}},
            "must be the mean of `runs`.*mean of 1 runs=1.0",
        ),
        ({"shipped": {"run": "seed 0"}}, "Add 'value'"),
        ({"recipe": {"epochs": 3}}, "Add 'command'"),
    ],
)
def test_wrong_descriptions_are_refused(description, message):
    with pytest.raises(ValueError, match=message):
        check_description(description)


def test_not_finite_numbers_are_refused_before_anything_is_written(preset):
    before = (preset / "README.md").read_bytes()
    recipe = {"command": "keras-gt train toy", "dropout": float("nan")}
    with pytest.raises(ValueError, match="Out of range float"):
        update_metadata(preset, {"recipe": recipe})
    assert (preset / "README.md").read_bytes() == before
