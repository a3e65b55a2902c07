import contextlib
import functools
import hashlib
import http.server
import os
import threading

import pytest

from keras_gt.datasets.fetch import cache_directory, fetch_files, file_sha256

CONTENT = {"a.txt": b"first file\n" * 1000, "b c.txt": b""}


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        """Says nothing."""


@contextlib.contextmanager
def serving(handler):
    """Gives the address of a local web server."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_GT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("KERAS_GT_DATA", raising=False)
    monkeypatch.setenv("NO_PROXY", "*")
    return tmp_path / "cache"


@pytest.fixture
def served(tmp_path):
    """A folder and the address under which a local server serves it."""
    root = tmp_path / "served"
    (root / "tiny").mkdir(parents=True)
    for name, data in CONTENT.items():
        (root / "tiny" / name).write_bytes(data)
    with serving(functools.partial(QuietHandler, directory=root)) as url:
        yield root, url


def leftovers(cache):
    return [path for path in cache.rglob("*") if path.is_file() and path.name not in CONTENT]


def test_files_are_downloaded_once(cache, served, make_info):
    root, url = served
    info = make_info("tiny", CONTENT, url)
    info = type(info)(**{**vars(info), "files": info.files[:1]})
    paths = fetch_files(info)
    assert paths == {"a.txt": cache / "datasets" / "tiny" / "a.txt"}
    assert paths["a.txt"].read_bytes() == CONTENT["a.txt"]
    (root / "tiny" / "a.txt").unlink()
    assert fetch_files(info) == paths
    assert leftovers(cache) == []


def test_a_mirror_is_read_instead(cache, served, make_info, monkeypatch):
    monkeypatch.setenv("KERAS_GT_DATA", served[1] + "/")
    paths = fetch_files(make_info("tiny", CONTENT))
    assert {name: path.read_bytes() for name, path in paths.items()} == CONTENT


@pytest.mark.parametrize("prefix", ["", "file://"])
def test_a_folder_is_read_in_place(prefix, cache, served, make_info, monkeypatch):
    monkeypatch.setenv("KERAS_GT_DATA", f"{prefix}{served[0]}")
    paths = fetch_files(make_info("tiny", CONTENT))
    assert paths["b c.txt"] == served[0] / "tiny" / "b c.txt"
    assert not cache.exists()


def test_a_changed_file_of_a_folder_is_named_and_kept(cache, served, make_info, monkeypatch):
    monkeypatch.setenv("KERAS_GT_DATA", str(served[0]))
    path = served[0] / "tiny" / "a.txt"
    path.write_bytes(b"changed")
    actual, expected = hashlib.sha256(b"changed").hexdigest(), make_info("tiny", CONTENT)
    with pytest.raises(OSError, match=f"(?s){path}.*{expected.files[0].sha256}.*{actual}"):
        fetch_files(expected)
    assert path.read_bytes() == b"changed"


def test_a_missing_file_of_a_folder_is_named(cache, tmp_path, make_info, monkeypatch):
    monkeypatch.setenv("KERAS_GT_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="KERAS_GT_DATA must name a folder.*tiny/a.txt"):
        fetch_files(make_info("tiny", CONTENT))


def test_a_corrupt_file_of_the_cache_is_deleted_and_named(cache, served, make_info):
    info = make_info("tiny", CONTENT, served[1])
    info = type(info)(**{**vars(info), "files": info.files[:1]})
    path = fetch_files(info)["a.txt"]
    path.write_bytes(b"corrupt")
    actual = file_sha256(path)
    with pytest.raises(OSError, match=f"(?s){path} was corrupt.*{info.files[0].sha256}.*{actual}"):
        fetch_files(info)
    assert not path.exists()
    assert fetch_files(info)["a.txt"].read_bytes() == CONTENT["a.txt"]


def test_a_tampered_mirror_is_named_and_nothing_is_kept(cache, served, make_info, monkeypatch):
    monkeypatch.setenv("KERAS_GT_DATA", served[1])
    (served[0] / "tiny" / "a.txt").write_bytes(b"tampered")
    info = make_info("tiny", CONTENT)
    actual = hashlib.sha256(b"tampered").hexdigest()
    with pytest.raises(OSError, match=f"(?s)did not serve.*{info.files[0].sha256}.*{actual}"):
        fetch_files(info)
    assert not any(path.is_file() for path in cache.rglob("*"))


def test_an_address_without_the_file_says_so(cache, served, make_info, monkeypatch):
    monkeypatch.setenv("KERAS_GT_DATA", served[1])
    with pytest.raises(ConnectionError, match="does not serve the file. It may have moved.*404"):
        fetch_files(make_info("gone", CONTENT))
    assert leftovers(cache) == []


def test_no_network_says_so(cache, make_info):
    words = "There is no network.*Name a folder that holds the original files in KERAS_GT_DATA"
    with pytest.raises(ConnectionError, match=words):
        fetch_files(make_info("tiny", CONTENT, "http://127.0.0.1:1"))
    assert leftovers(cache) == []


def test_a_download_that_breaks_off_leaves_nothing(cache, make_info, monkeypatch):
    class BreaksOff(QuietHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "11000")
            self.end_headers()
            self.wfile.write(b"half")

    with serving(BreaksOff) as url:
        monkeypatch.setenv("KERAS_GT_DATA", url)
        with pytest.raises(OSError, match="(?s)broke off|did not serve the published file; the 4"):
            fetch_files(make_info("tiny", CONTENT))
    assert not any(path.is_file() for path in cache.rglob("*"))


def test_an_interrupted_download_leaves_nothing(cache, served, make_info, monkeypatch):
    import pooch

    def interrupted(self, url, output_file, pooch):
        with open(output_file, "wb") as stream:
            stream.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch_files(make_info("tiny", CONTENT, served[1]))
    assert not any(path.is_file() for path in cache.rglob("*"))


def test_two_readers_at_once_both_get_the_file(cache, served, make_info, monkeypatch):
    monkeypatch.setenv("KERAS_GT_DATA", served[1])
    info, results = make_info("tiny", CONTENT), []
    threads = [threading.Thread(target=lambda: results.append(fetch_files(info))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4 and leftovers(cache) == []
    assert results[0]["a.txt"].read_bytes() == CONTENT["a.txt"]


def test_a_cache_that_cannot_be_written_is_named(tmp_path, served, make_info, monkeypatch):
    (tmp_path / "taken").write_text("a file, not a folder")
    monkeypatch.setenv("KERAS_GT_CACHE", str(tmp_path / "taken"))
    monkeypatch.setenv("KERAS_GT_DATA", served[1])
    with pytest.raises(PermissionError, match="Name another cache in KERAS_GT_CACHE"):
        fetch_files(make_info("tiny", CONTENT))


def test_the_cache_is_the_platforms_by_default(monkeypatch):
    monkeypatch.delenv("KERAS_GT_CACHE")
    assert "keras_gt" in os.fspath(cache_directory())
