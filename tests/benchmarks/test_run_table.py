import json

import pytest

from benchmarks.questions import run_table
from benchmarks.questions.paired import by_seed
from benchmarks.questions.run_table import RunTable


@pytest.fixture
def folder(tmp_path, monkeypatch):
    def write(folder, name, program, **content):
        (folder / f"{name}.json").write_text(json.dumps({"command": program, **content}))

    monkeypatch.setattr(run_table, "write_record", write)
    return tmp_path


def test_a_stopped_experiment_goes_on_where_it_was(folder):
    made = []

    def prepare(settings):
        def run(seed):
            if seed == 2:
                raise KeyboardInterrupt
            made.append((settings["heads"], seed))
            return {"test": 10.0 * settings["heads"] + seed}

        return run

    table = RunTable(folder, "question", "program", metric="accuracy")
    table.fill({"heads": 1}, [1, 0], prepare)
    with pytest.raises(KeyboardInterrupt):
        table.fill({"heads": 2}, [0, 1, 2], prepare)

    again = RunTable(folder, "question", "program", metric="accuracy")
    assert again.find({"heads": 2}, 1)["test"] == 21.0
    assert again.find({"heads": 2}, 2) is None
    assert again.missing({"heads": 2}, range(3)) == [2]
    again.fill({"heads": 1}, [0, 1], lambda settings: pytest.fail("made again"))
    again.fill({"heads": 2}, range(2), lambda settings: pytest.fail("made again"))
    assert made == [(1, 1), (1, 0), (2, 0), (2, 1)]
    assert by_seed(again.runs, "test", {"heads": 1}) == {0: 10.0, 1: 11.0}
    record = json.loads((folder / "question.json").read_text())
    assert record["metric"] == "accuracy"
    assert all({"cpu_seconds", "commit"} <= set(run) for run in record["runs"])
