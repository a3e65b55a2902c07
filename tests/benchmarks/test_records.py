import json
import sys
import types

from benchmarks.records import write_record


def test_seconds_are_process_time_unless_the_record_says_wall(tmp_path, monkeypatch):
    worker = types.SimpleNamespace(environment=lambda threads: {"clock": "process"})
    monkeypatch.setitem(sys.modules, "benchmarks.worker", worker)  # which imports every peer
    monkeypatch.setattr(sys, "argv", ["program", "--train", "/data/train.csv"])
    for name, content in {"one": {}, "other": {"clock": "wall"}}.items():
        write_record(tmp_path, name, "benchmarks.program", rows=[1.0], **content)
    one, other = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("one", "other"))
    assert (one["clock"], other["clock"]) == ("process", "wall")
    assert one["command"] == "python -m benchmarks.program --train train.csv"
    assert one["rows"] == [1.0]
