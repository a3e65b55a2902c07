"""Finds the original files of a data set: in `KERAS_GT_DATA`, in the cache, or on the network."""

import contextlib
import hashlib
import os
import tempfile
import urllib.parse
from pathlib import Path

DATA_VARIABLE = "KERAS_GT_DATA"
CACHE_VARIABLE = "KERAS_GT_CACHE"
_TIMEOUT_SECONDS = 30


def cache_directory():
    """Returns the folder of downloaded and parsed data: `KERAS_GT_CACHE` or the platform's."""
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return Path(named).expanduser()
    import pooch

    return Path(pooch.os_cache("keras_gt"))


def file_sha256(path):
    """Returns the sha256 of a file as hexadecimal text."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def fetch_files(info):
    """Returns where the original files of a data set lie, downloading what is missing.

    `KERAS_GT_DATA` names a folder to read instead of the public addresses, or the base URL of a
    mirror; both hold `<folder of the set>/<file name>`, and both are checked against the same
    sha256. Downloads go to a temporary file beside the cache and are moved into place whole.

    Args:
        info: `DatasetInfo`.

    Returns:
        dict from file name to `pathlib.Path`.

    Raises:
        ConnectionError: no network, or the address does not serve the file.
        FileNotFoundError: the folder that `KERAS_GT_DATA` names has no such file.
        OSError: a file's content does not have the registered sha256.
    """
    place = os.environ.get(DATA_VARIABLE, "")
    scheme = urllib.parse.urlsplit(place).scheme
    if place and scheme not in ("http", "https"):
        root = Path(urllib.parse.unquote(place.removeprefix("file://"))).expanduser()
        return {record.name: _read_from(root, info, record) for record in info.files}
    mirror = f"{place.rstrip('/')}/{info.folder}/" if place else None
    root = cache_directory() / "datasets" / info.folder
    paths = {}
    for record in info.files:
        url = mirror + urllib.parse.quote(record.name) if mirror else record.url
        paths[record.name] = _read_or_download(root / record.name, record, url)
    return paths


def _read_from(root, info, record):
    path = root / info.folder / record.name
    if not path.is_file():
        raise FileNotFoundError(
            f"{DATA_VARIABLE} must name a folder that holds {info.folder}/{record.name}. Put the "
            f"file there ({record.url}), or unset {DATA_VARIABLE} to download it. "
            f"Received: {DATA_VARIABLE}={os.environ[DATA_VARIABLE]}"
        )
    actual = file_sha256(path)
    if actual != record.sha256:
        raise OSError(
            f"{path} must be the published file. Replace it from {record.url}. "
            f"Expected sha256 {record.sha256}. Received: {actual}"
        )
    return path


def _read_or_download(path, record, url):
    if path.is_file():
        actual = file_sha256(path)
        if actual == record.sha256:
            return path
        path.unlink()
        raise OSError(
            f"{path} was corrupt and has been deleted. Call again to download it. "
            f"Expected sha256 {record.sha256}. Received: {actual}"
        )
    with temporary_file(path) as temporary:
        _download(url, temporary, path.name)
        actual = file_sha256(temporary)
        if actual != record.sha256:
            raise OSError(
                f"{url} did not serve the published file; the {temporary.stat().st_size} bytes "
                f"received were deleted ({record.bytes} expected). Try again, or name a folder or "
                f"mirror that has it in {DATA_VARIABLE}. "
                f"Expected sha256 {record.sha256}. Received: {actual}"
            )
        os.replace(temporary, path)
    return path


@contextlib.contextmanager
def temporary_file(path):
    """Gives the path of an empty file beside `path`, deleted at the end unless it was moved.

    Two processes that write the same file at once get two temporary files; the last move wins.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    except OSError as error:
        raise PermissionError(
            f"{path.parent} must be a folder that can be written. Name another cache in "
            f"{CACHE_VARIABLE}. Received: {error}"
        ) from error
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _download(url, path, name):
    import pooch
    import requests

    from keras_gt.datasets._download_progress import DownloadProgress

    with DownloadProgress(name) as progress:
        downloader = pooch.HTTPDownloader(
            progressbar=progress, timeout=_TIMEOUT_SECONDS, chunk_size=2**16
        )
        try:
            downloader(url, str(path), None)
        except requests.HTTPError as error:
            raise ConnectionError(
                f"{url} does not serve the file. It may have moved: name a folder or mirror that "
                f"has it in {DATA_VARIABLE}. Received: {error}"
            ) from error
        except requests.RequestException as error:
            raise ConnectionError(
                f"There is no network, or it broke off: {name} could not be downloaded from "
                f"{url}. Name a folder that holds the original files in {DATA_VARIABLE}. "
                f"Received: {error}"
            ) from error
