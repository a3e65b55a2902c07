import pathlib

import pytest

from keras_gt.presets import cache as preset_cache


def test_named_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_GT_CACHE", str(tmp_path / "here"))
    assert preset_cache.cache_directory() == tmp_path / "here"
    monkeypatch.setenv("KERAS_GT_CACHE", "~/here")
    assert preset_cache.cache_directory() == pathlib.Path.home() / "here"


@pytest.mark.parametrize(
    ("platform", "variable", "tail"),
    [
        ("linux", "XDG_CACHE_HOME", ".cache/keras_gt"),
        ("darwin", "XDG_CACHE_HOME", "Library/Caches/keras_gt"),
        ("win32", "LOCALAPPDATA", "AppData/Local/keras_gt"),
    ],
)
def test_place_on_each_platform(monkeypatch, tmp_path, platform, variable, tail):
    monkeypatch.delenv("KERAS_GT_CACHE", raising=False)
    monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("sys.platform", platform)
    assert preset_cache.cache_directory() == pathlib.Path.home() / tail
    monkeypatch.setenv(variable, str(tmp_path))
    if platform != "darwin":
        assert preset_cache.cache_directory() == tmp_path / "keras_gt"


def test_addresses_are_remembered(cache):
    assert preset_cache.recall_address("https://zoo.example/a") is None
    root = preset_cache.writable_cache()
    preset_cache.remember_address(root, "https://zoo.example/a", "0" * 64)
    assert preset_cache.recall_address("https://zoo.example/a") == "0" * 64
    assert preset_cache.recall_address("https://zoo.example/b") is None
    (note,) = (root / "addresses").iterdir()
    for content in ("not JSON", '{"sha256": "../../elsewhere"}', "[]", "{}"):
        note.write_text(content)
        assert preset_cache.recall_address("https://zoo.example/a") is None
