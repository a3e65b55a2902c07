"""Downloads from a web server on this machine, with everything that can go wrong."""

import json
import os
import subprocess
import sys
import time

import pytest

from keras_gt.presets import IntegrityError, load_preset, open_preset
from keras_gt.presets import cache as preset_cache
from keras_gt.presets.preset_format import hash_file

FILES = 8


@pytest.fixture
def server(preset, serve, cache):
    return serve(preset.parent)


@pytest.fixture
def url(server):
    return f"{server.url}/toy"


@pytest.fixture
def pin(preset):
    return hash_file(preset / "metadata.json")["sha256"]


@pytest.fixture
def offline(server):
    server.shutdown()
    server.server_close()


def leftovers(cache):
    return [path.name for path in (cache / "presets").glob("*")] if cache.exists() else []


def test_fetches_every_file_once_and_loads(url, server, toys, cache, pin):
    assert load_preset(toys["ToyClassifier"], url).num_classes == 3
    assert len(server.requests) == FILES
    assert leftovers(cache) == [pin]
    load_preset(toys["ToyClassifier"], url)
    assert server.requests[FILES:] == ["/toy/metadata.json"]
    load_preset(toys["ToyClassifier"], url, sha256=pin)
    assert len(server.requests) == FILES + 1


def test_query_is_kept_and_never_shown(url, server, cache):
    open_preset(f"{url}/?token=secret")
    assert all(path.endswith("?token=secret") for path in server.requests)
    server.faults["metadata.json"] = "broken"
    with pytest.raises(OSError, match="HTTP 500") as caught:
        open_preset(f"{url}/?token=secret")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["metadata.json", "model.weights.h5"])
@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        ("truncated", ValueError, "truncated|valid JSON"),
        ("interrupted", (ValueError, ConnectionError), "truncated|connection broke"),
        ("tampered", ValueError, "must have sha256|valid JSON"),
        ("longer", ValueError, "truncated or was changed|valid JSON"),
        ("missing", FileNotFoundError, "does not exist"),
        ("broken", OSError, "HTTP 500"),
    ],
)
def test_a_bad_answer_is_named_and_leaves_nothing(
    url, server, cache, toys, name, fault, error, message
):
    server.faults[name] = fault
    with pytest.raises(error, match=message) as caught:
        open_preset(url)
    assert name in str(caught.value)
    assert leftovers(cache) == []
    server.faults.clear()
    assert load_preset(toys["ToyClassifier"], url).num_classes == 3


def test_tampered_file_is_named_with_both_hashes(url, server, preset, cache):
    expected = hash_file(preset / "task.json")["sha256"]
    server.faults["task.json"] = "tampered"
    with pytest.raises(IntegrityError, match=f"task.json must have sha256 {expected} but has "):
        open_preset(url)


def test_a_consistent_fake_is_caught_by_the_pin(url, server, preset, cache, pin):
    from keras_gt.presets import update_metadata

    update_metadata(preset, {"description": "Better weights, honestly."})
    with pytest.raises(IntegrityError, match=f"must have the sha256 {pin} but has"):
        open_preset(url, sha256=pin)
    assert leftovers(cache) == []


def test_changed_preset_is_fetched_again(url, preset, cache, pin):
    from keras_gt.presets import update_metadata

    open_preset(url)
    update_metadata(preset, {"description": "Another."})
    assert open_preset(url).metadata["description"] == "Another."
    assert len(leftovers(cache)) == 2


@pytest.mark.parametrize("name", ["metadata.json", "config.json"])
@pytest.mark.parametrize("fault", ["silent", "dripping"])
def test_a_slow_server_times_out(url, server, cache, monkeypatch, name, fault):
    monkeypatch.setattr("keras_gt.presets.download.TIMEOUT_SECONDS", 0.3)
    monkeypatch.setattr("keras_gt.presets.download.SLOWEST_BYTES_PER_SECOND", 1e9)
    server.faults[name] = fault
    start = time.monotonic()
    with pytest.raises(TimeoutError, match=f"{name} did not answer within 0.3 s"):
        open_preset(url)
    assert time.monotonic() - start < 15
    assert leftovers(cache) == []


def test_no_network_says_so(url, server, cache, offline):
    with pytest.raises(ConnectionError, match="not in the cache .* there is no network"):
        open_preset(url)
    with pytest.raises(ConnectionError, match="no network"):
        open_preset(url, sha256="0" * 64)


def test_unknown_host_is_no_network(cache, monkeypatch):
    import socket

    def fail(*arguments, **options):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr("socket.getaddrinfo", fail)
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(ConnectionError, match="no network"):
        open_preset("https://zoo.example/toy")


def test_cached_copy_serves_without_network(url, server, cache, toys, pin):
    open_preset(url)
    server.shutdown()
    server.server_close()
    assert load_preset(toys["ToyClassifier"], url, sha256=pin).num_classes == 3
    with pytest.warns(UserWarning, match="no network.*The cached copy"):
        open_preset(url)


def test_damaged_cache_is_deleted_named_and_fetched_again(url, cache, pin):
    damaged = open_preset(url).directory / "config.json"
    damaged.write_text("{}")
    with pytest.warns(
        UserWarning, match="config.json of .* its entry has been deleted|config.json"
    ):
        files = open_preset(url)
    assert files.path("config.json").read_text() != "{}"


def test_interrupted_process_leaves_nothing_half_valid(url, server, cache, pin, monkeypatch):
    from keras_gt.presets import remote_preset

    fetch_file = remote_preset.fetch_file

    def interrupt(address, path, expected):
        fetch_file(address, path, expected)
        if path.name == "model.weights.h5":
            raise KeyboardInterrupt

    monkeypatch.setattr(remote_preset, "fetch_file", interrupt)
    with pytest.raises(KeyboardInterrupt):
        open_preset(url)
    assert leftovers(cache) == []


SCRIPT = (
    "import sys; from keras_gt.presets import open_preset; print(open_preset(sys.argv[1]).sha256)"
)


def start(url, cache):
    environment = {**os.environ, "KERAS_GT_CACHE": str(cache)}
    arguments = [sys.executable, "-c", SCRIPT, url]
    return subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, text=True)


def test_killed_process_leaves_nothing_half_valid(url, server, cache, pin):
    server.faults["model.weights.h5"] = "silent"
    process = start(url, cache)
    while "/toy/model.weights.h5" not in server.requests:
        time.sleep(0.02)
    process.kill()
    process.communicate()
    assert preset_cache.find_cached(pin) is None
    (partial,) = leftovers(cache)
    server.faults.clear()
    assert open_preset(url).sha256 == pin
    assert set(leftovers(cache)) == {partial, pin}
    os.utime(cache / "presets" / partial, (0, 0))
    preset_cache.writable_cache()
    assert leftovers(cache) == [pin]


def test_two_processes_at_once_fetch_once(url, server, cache, pin):
    server.delay = 0.2
    processes = [start(url, cache) for _ in range(2)]
    outputs = [process.communicate(timeout=120)[0].strip() for process in processes]
    assert outputs == [pin, pin]
    assert server.requests.count("/toy/model.weights.h5") == 1
    assert leftovers(cache) == [pin]


def test_read_only_cache_falls_back_to_a_temporary_one(url, server, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a directory")
    monkeypatch.setenv("KERAS_GT_CACHE", str(tmp_path / "file" / "cache"))
    monkeypatch.setattr(preset_cache, "_private", {})
    with pytest.warns(UserWarning, match="cannot be written .* set KERAS_GT_CACHE to keep"):
        files = open_preset(url)
    assert files.path("config.json").is_file()
    asked = len(server.requests)
    open_preset(url)
    assert server.requests[asked:] == ["/toy/metadata.json"]


def test_what_a_read_only_cache_holds_is_used(url, server, cache, pin, monkeypatch):
    open_preset(url)

    def refuse(*arguments, **options):
        raise PermissionError("read-only file system")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    assert open_preset(url).sha256 == pin


def test_hostile_names_are_refused_before_anything_is_fetched(url, server, preset, cache):
    metadata = json.loads((preset / "metadata.json").read_text())
    metadata["files"]["../../evil"] = metadata["files"]["config.json"]
    (preset / "metadata.json").write_text(json.dumps(metadata))
    with pytest.raises(ValueError, match="must have a plain name"):
        open_preset(url)
    assert server.requests == ["/toy/metadata.json"]


def test_huge_metadata_is_not_read_to_its_end(url, preset, cache):
    with open(preset / "metadata.json", "a") as file:
        file.write(" " * (5 * 2**20))
    with pytest.raises(OSError, match="larger than 4194304 bytes"):
        open_preset(url)


def test_redirect_to_an_insecure_place_is_refused(url, server, cache):
    server.faults["metadata.json"] = "elsewhere"
    for target in ("http://zoo.example/toy/metadata.json", "ftp://127.0.0.1/x"):
        server.redirect = target
        with pytest.raises((ValueError, OSError), match="must be https://|HTTP 302"):
            open_preset(url)


@pytest.mark.parametrize("address", ["http://zoo.example/toy", "http://127.0.0.1.evil.com/toy"])
def test_plain_http_is_for_this_machine_only(address, cache):
    with pytest.raises(ValueError, match="must be https://"):
        open_preset(address)


def test_only_cache_entries_can_be_deleted(preset, cache, tmp_path):
    for directory in (preset, tmp_path, cache, cache / "presets"):
        with pytest.raises(ValueError, match="Only an entry of the preset cache may be deleted"):
            preset_cache.discard(directory)
    (cache / "presets").mkdir(parents=True)
    (cache / "presets" / "link").symlink_to(preset)
    with pytest.raises(ValueError, match="Only an entry of the preset cache"):
        preset_cache.discard(cache / "presets" / "link")
    assert preset.is_dir()
