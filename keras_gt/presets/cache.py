"""The cache of downloaded presets: one directory a preset, named by the hash of its metadata.

    <cache>/presets/<sha256 of metadata.json>/   the files of one preset, complete or absent
    <cache>/presets/.partial-*/                  a download under way
    <cache>/addresses/<sha256 of the URL>.json   which preset a URL held when last seen
    <cache>/locks/                               one lock file a preset

`KERAS_GT_CACHE` names another place for it. Only `discard` deletes, and only in here.
"""

import atexit
import json
import os
import shutil
import sys
import tempfile
import time
import warnings
from pathlib import Path

from keras_gt.presets.preset_format import METADATA_FILE, check_sha256, hash_bytes

STALE_PARTIAL_SECONDS = 24 * 3600

_private = {}  # the temporary cache of this process, where the real one cannot be written


def cache_directory():
    """The cache: `KERAS_GT_CACHE`, or the platform's place for caches. It may not exist yet."""
    named = os.environ.get("KERAS_GT_CACHE")
    if named:
        return Path(named).expanduser()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "keras_gt"


def writable_cache():
    """The cache, made if missing; a temporary one, with a warning, where it cannot be written."""
    wanted = cache_directory()
    try:
        for folder in ("presets", "addresses", "locks"):
            (wanted / folder).mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=wanted / "presets").close()
    except OSError as error:
        return _temporary_cache(wanted, error)
    _discard_stale(wanted)
    return wanted


def _temporary_cache(wanted, error):
    if "directory" not in _private:
        _private["directory"] = tempfile.mkdtemp(prefix="keras_gt-cache-")
        atexit.register(shutil.rmtree, _private["directory"], ignore_errors=True)
        warnings.warn(
            f"The preset cache {wanted} cannot be written ({error}). Downloads of this process go "
            "to a temporary directory instead; set KERAS_GT_CACHE to keep them.",
            stacklevel=3,
        )
    root = Path(_private["directory"])
    for folder in ("presets", "addresses", "locks"):
        (root / folder).mkdir(exist_ok=True)
    return root


def _roots():
    roots = [cache_directory()]
    if "directory" in _private:
        roots.append(Path(_private["directory"]))
    return roots


def find_cached(sha256):
    """The cached preset whose metadata.json has this hash, or None."""
    for root in _roots():
        directory = root / "presets" / sha256
        if (directory / METADATA_FILE).is_file():
            return directory
    return None


def is_cached(directory):
    """Whether `directory` is a preset in the cache, which `discard` may delete."""
    resolved = Path(directory).resolve()
    return any(resolved.parent == (root / "presets").resolve() for root in _roots())


def discard(directory):
    """Deletes one entry of the cache, and refuses to delete anything else."""
    if not is_cached(directory):
        raise ValueError(
            "Only an entry of the preset cache may be deleted. Delete other files yourself. "
            f"Received: {directory}"
        )
    shutil.rmtree(directory, ignore_errors=True)


def _discard_stale(root):
    """Deletes downloads that a killed process left behind."""
    for partial in (root / "presets").glob(".partial-*"):
        try:
            age = time.time() - partial.stat().st_mtime
        except OSError:  # its owner has just finished
            continue
        if age > STALE_PARTIAL_SECONDS:
            discard(partial)


def _address_file(root, url):
    return root / "addresses" / f"{hash_bytes(url.encode())['sha256']}.json"


def remember_address(root, url, sha256):
    """Notes which preset a URL held."""
    target = _address_file(root, url)
    descriptor, partial = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"sha256": sha256}, file)
    os.replace(partial, target)


def recall_address(url):
    """The sha256 of the preset that a URL held when last seen, or None."""
    for root in _roots():
        try:
            return check_sha256(json.loads(_address_file(root, url).read_text())["sha256"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None
