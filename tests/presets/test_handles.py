import pathlib
import sys
import types

import pytest

from keras_gt.presets import list_presets, open_preset, update_metadata
from keras_gt.presets.index import build_index


@pytest.fixture
def zoo(preset, monkeypatch):
    """An installed zoo that holds the toy."""
    build_index(preset.parent)
    monkeypatch.setattr("keras_gt.presets.zoo.shipped_zoo", lambda: preset.parent)
    return preset.parent


def copy(zoo, target):
    import shutil

    shutil.copytree(zoo, target)
    return target


def test_built_in_name(zoo):
    assert open_preset("toy").directory == zoo / "toy"
    assert list(list_presets()) == ["toy"]


def test_local_directory(preset, monkeypatch):
    assert open_preset(str(preset)).sha256 == open_preset(preset).sha256
    monkeypatch.chdir(preset.parent)
    assert open_preset("./toy").directory == pathlib.Path("toy")
    assert open_preset("toy").directory == pathlib.Path("toy")


def test_file_address(preset):
    assert open_preset(preset.as_uri()).directory == preset
    assert open_preset(preset.as_uri().replace("file://", "file://localhost")).directory == preset
    with pytest.raises(ValueError, match="`handle` must be a built-in name"):
        open_preset("file://elsewhere/toy")


def test_built_in_name_wins_over_a_directory(zoo, tmp_path, monkeypatch):
    (tmp_path / "toy").mkdir()
    monkeypatch.chdir(tmp_path)
    assert open_preset("toy").directory == zoo / "toy"


def test_unknown_name_suggests_and_lists_the_forms(zoo):
    with pytest.raises(ValueError, match=r"(?s)a built-in name, .*Did you mean toy\?.*'toi'"):
        open_preset("toi")
    with pytest.raises(ValueError, match="`keras-gt list` shows the names"):
        open_preset("completely_different")


@pytest.mark.parametrize("handle", ["", None, 3, "gs://bucket/toy", "javascript://x"])
def test_unknown_forms_are_refused(handle):
    with pytest.raises(ValueError, match="`handle` must be a built-in name"):
        open_preset(handle)


def test_named_zoo_directory_is_checked_against_the_installed_index(zoo, tmp_path, monkeypatch):
    mirror = copy(zoo, tmp_path / "mirror")
    monkeypatch.setenv("KERAS_GT_ZOO", str(mirror))
    assert open_preset("toy").directory == mirror / "toy"
    update_metadata(mirror / "toy", {"description": "Tampered, and consistently so."})
    build_index(mirror)
    with pytest.raises(ValueError, match="metadata.json of 'toy' must have the sha256"):
        open_preset("toy")


def test_named_zoo_address_is_checked_against_the_installed_index(
    zoo, tmp_path, monkeypatch, serve, cache
):
    mirror = copy(zoo, tmp_path / "mirror")
    server = serve(mirror)
    monkeypatch.setenv("KERAS_GT_ZOO", server.url)
    assert open_preset("toy").directory.parent == cache / "presets"
    asked = len(server.requests)
    open_preset("toy")
    assert len(server.requests) == asked
    monkeypatch.setenv("KERAS_GT_CACHE", str(tmp_path / "another"))
    update_metadata(mirror / "toy", {"description": "Tampered, and consistently so."})
    build_index(mirror)
    with pytest.raises(ValueError, match="must have the sha256"):
        open_preset("toy")


def test_named_zoo_may_hold_further_presets(zoo, tmp_path, monkeypatch, serve, cache):
    mirror = copy(zoo, tmp_path / "mirror")
    (mirror / "toy").rename(mirror / "new_toy")
    build_index(mirror)
    monkeypatch.setenv("KERAS_GT_ZOO", str(mirror))
    assert list(list_presets()) == ["new_toy", "toy"]
    assert open_preset("new_toy").directory == mirror / "new_toy"
    with pytest.raises(FileNotFoundError, match="'toy' is not in .* Set KERAS_GT_ZOO"):
        open_preset("toy")
    monkeypatch.setenv("KERAS_GT_ZOO", serve(mirror).url)
    assert open_preset("new_toy").sha256 == open_preset(mirror / "new_toy").sha256


def test_named_zoo_without_an_index_or_without_network(zoo, monkeypatch, serve, cache):
    (zoo / "empty").mkdir()
    server = serve(zoo / "empty")
    monkeypatch.setenv("KERAS_GT_ZOO", server.url)
    assert list(list_presets()) == ["toy"]
    with pytest.raises(ValueError, match="Did you mean toy"):
        open_preset("toi")
    server.shutdown()
    server.server_close()
    with pytest.raises(ConnectionError, match="no network"):
        open_preset("toi")


def test_a_pin_must_agree_with_the_installed_index(zoo):
    with pytest.raises(ValueError, match="`sha256` must be that of the built-in 'toy'"):
        open_preset("toy", sha256="0" * 64)


@pytest.mark.parametrize(
    ("handle", "client"), [("hf://org/model", "huggingface_hub"), ("kaggle://a/b/c/d", "kagglehub")]
)
def test_missing_client_names_the_extra(handle, client, monkeypatch):
    monkeypatch.setitem(sys.modules, client, None)
    with pytest.raises(ImportError, match=rf"`{client}` must be installed .*keras_gt\[hub\]"):
        open_preset(handle)


def fake_client(monkeypatch, name, function, answer):
    client, calls = types.ModuleType(name), []

    def fetch(*arguments, **options):
        calls.append((arguments, options))
        if isinstance(answer, Exception):
            raise answer
        return str(answer)

    setattr(client, function, fetch)
    monkeypatch.setitem(sys.modules, name, client)
    return calls


def test_hugging_face_cache_of_links(preset, tmp_path, monkeypatch):
    repository = tmp_path / "models--org--toy"
    snapshot = repository / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (repository / "blobs").mkdir()
    for path in preset.iterdir():
        (repository / "blobs" / path.name).write_bytes(path.read_bytes())
        (snapshot / path.name).symlink_to(f"../../blobs/{path.name}")
    calls = fake_client(monkeypatch, "huggingface_hub", "snapshot_download", snapshot)
    files = open_preset("hf://org/toy@v1")
    files.check_all()
    assert calls[0][1]["repo_id"] == "org/toy"
    assert calls[0][1]["revision"] == "v1"
    (snapshot / "config.json").unlink()
    (snapshot / "config.json").symlink_to("/etc/hostname")
    with pytest.raises(ValueError, match="a link leads out of it"):
        open_preset("hf://org/toy").path("config.json")


def test_kaggle(preset, monkeypatch):
    calls = fake_client(monkeypatch, "kagglehub", "model_download", preset)
    assert open_preset("kaggle://org/toy/keras/base/1").directory == preset
    assert calls == [(("org/toy/keras/base/1",), {})]


def test_hub_without_network_says_so(monkeypatch):
    class LocalEntryNotFoundError(FileNotFoundError):
        pass

    error = LocalEntryNotFoundError("cannot find the requested files")
    fake_client(monkeypatch, "huggingface_hub", "snapshot_download", error)
    with pytest.raises(ConnectionError, match="'hf://org/toy' is not cached.* no network"):
        open_preset("hf://org/toy")
    fake_client(monkeypatch, "kagglehub", "model_download", RuntimeError("quota"))
    with pytest.raises(OSError, match="could not be fetched: RuntimeError: quota"):
        open_preset("kaggle://a/b/c/d")


@pytest.mark.parametrize("handle", ["hf://model", "hf://a/b/c", "kaggle://a/b", "hf://"])
def test_wrong_hub_handles(handle):
    with pytest.raises(ValueError, match="handle must be (hf|kaggle)://"):
        open_preset(handle)
