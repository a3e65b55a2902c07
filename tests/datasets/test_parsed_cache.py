import numpy as np

from keras_gt.datasets.parsed_cache import cached_arrays


def test_arrays_are_made_once_for_what_they_are_made_from(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_GT_CACHE", str(tmp_path))
    calls = []

    def make():
        calls.append(1)
        return {"values": np.arange(3) * len(calls)}

    assert cached_arrays("set", ("hash", 1), make)["values"].tolist() == [0, 1, 2]
    assert cached_arrays("set", ("hash", 1), make)["values"].tolist() == [0, 1, 2]
    assert cached_arrays("set", ("hash", 2), make)["values"].tolist() == [0, 2, 4]
    assert len(calls) == 2
    for path in (tmp_path / "parsed").iterdir():
        path.write_bytes(b"damaged")
    assert cached_arrays("set", ("hash", 1), make)["values"].tolist() == [0, 3, 6]
    assert cached_arrays("set", ("hash", 1), make)["values"].tolist() == [0, 3, 6]


def test_a_cache_that_cannot_be_written_is_left_alone(tmp_path, monkeypatch):
    (tmp_path / "taken").write_text("a file, not a folder")
    monkeypatch.setenv("KERAS_GT_CACHE", str(tmp_path / "taken"))
    made = cached_arrays("set", (), lambda: {"values": np.ones(2)})
    assert made["values"].tolist() == [1, 1]
