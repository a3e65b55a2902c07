import json

import pytest

from keras_gt.recipes import RunRecords


def test_runs_survive(tmp_path):
    path = tmp_path / "made" / "runs.json"
    records = RunRecords(path)
    records.add({"run": "seed 0", "value": 1.5})
    records.add({"run": "seed 0", "value": 2.5}, "gin")
    again = RunRecords(path)
    assert again.find("seed 0") == {"run": "seed 0", "value": 1.5}
    assert again.find("seed 0", "gin")["value"] == 2.5
    assert again.find("seed 1") is None
    assert again.variants == ["preset", "gin"]
    assert [file.name for file in path.parent.iterdir()] == ["runs.json"]


@pytest.mark.parametrize("content", [[], {}, {"preset": 3}])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "runs.json"
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError, match="must hold the runs of a recipe"):
        RunRecords(path)
