"""A preset at a base URL, brought into the cache whole or not at all."""

import os
import tempfile
import warnings
from pathlib import Path

from keras_gt.presets import cache
from keras_gt.presets.download import (
    fetch_bytes,
    fetch_file,
    file_url,
    shown_url,
)
from keras_gt.presets.integrity_error import IntegrityError
from keras_gt.presets.no_network_error import NoNetworkError
from keras_gt.presets.preset_files import PresetFiles, parse_metadata
from keras_gt.presets.preset_format import (
    MAX_METADATA_BYTES,
    METADATA_FILE,
    hash_bytes,
)
from keras_gt.presets.process_lock import process_lock


def fetch_preset(base_url, handle, sha256=None):
    """The checked files of the preset at a base URL, from the cache where it is there.

    With a pin nothing is asked of the network once the preset is cached. Without one,
    metadata.json is fetched again to see whether the preset changed; with no network the copy
    that was last seen at this address serves, with a warning.

    Args:
        base_url: str, the address of the preset's directory.
        handle: str, how the user named the preset; for messages.
        sha256: str or None, the sha256 of its metadata.json.

    Returns:
        A `PresetFiles`.
    """
    if sha256 is not None:
        files = _open_cached(sha256, handle)
        if files is not None:
            return files
    try:
        content = fetch_bytes(file_url(base_url, METADATA_FILE), MAX_METADATA_BYTES)
    except NoNetworkError as error:
        return _without_network(base_url, handle, sha256, error)
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"There is no preset at {shown_url(base_url)}: {error} Name the directory that holds "
            f"{METADATA_FILE}."
        ) from error
    found = hash_bytes(content)["sha256"]
    if sha256 is not None and found != sha256:
        raise IntegrityError(
            f"{METADATA_FILE} of '{handle}' at {shown_url(base_url)} must have the sha256 "
            f"{sha256} but has {found}: it is corrupt, was changed, or is another version. "
            "Nothing was kept. Use a copy that has the expected hash."
        )
    files = _open_cached(found, handle)
    if files is None:
        files = _download(base_url, handle, content, found)
    return files


def _open_cached(sha256, handle):
    """The cached preset, checked; a damaged one is deleted and named, and counts as absent."""
    directory = cache.find_cached(sha256)
    if directory is None:
        return None
    try:
        files = PresetFiles(directory, handle, sha256)
        files.check_all()
    except (IntegrityError, FileNotFoundError) as error:
        cache.discard(directory)
        warnings.warn(
            f"A cached file was damaged and its entry has been deleted: {error}", stacklevel=4
        )
        return None
    return files


def _without_network(base_url, handle, sha256, error):
    known = sha256 or cache.recall_address(base_url)
    files = _open_cached(known, handle) if known else None
    if files is None:
        raise NoNetworkError(
            f"'{handle}' is not in the cache {cache.cache_directory()}, and there is {error} "
            "Connect once to fetch it, or download its directory and pass the path."
        ) from error
    warnings.warn(
        f"There is {error} The cached copy of '{handle}' is used (sha256 {known}).", stacklevel=4
    )
    return files


def _download(base_url, handle, content, sha256):
    metadata = parse_metadata(content, handle)
    root = cache.writable_cache()
    target = root / "presets" / sha256
    with process_lock(root / "locks" / f"{sha256}.lock"):
        files = _open_cached(sha256, handle)
        if files is None:
            partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=root / "presets"))
            try:
                for name, expected in metadata["files"].items():
                    fetch_file(file_url(base_url, name), partial / name, expected)
                (partial / METADATA_FILE).write_bytes(content)
                _move_into_place(partial, target)
            finally:
                cache.discard(partial)
            files = PresetFiles(target, handle, sha256)
    cache.remember_address(root, base_url, sha256)
    return files


def _move_into_place(partial, target):
    """Renames a complete download; a copy that another process has put there stays."""
    os.chmod(partial, 0o755)
    try:
        os.rename(partial, target)
    except OSError:
        if not (target / METADATA_FILE).is_file():
            raise
