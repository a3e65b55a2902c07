"""From a preset's handle to its files."""

import difflib
import os
import urllib.parse
import urllib.request
from pathlib import Path

from keras_gt.presets import hub, zoo
from keras_gt.presets.preset_files import PresetFiles
from keras_gt.presets.preset_format import METADATA_FILE, check_sha256
from keras_gt.presets.remote_preset import fetch_preset

_FORMS = (
    "a built-in name, the path of a preset directory, https://..., file://..., "
    "hf://organisation/model or kaggle://organisation/model/framework/variation"
)


def open_preset(handle, sha256=None):
    """The checked files of a preset, fetched if need be.

    Args:
        handle: str or path. A built-in name such as "gat_cora" (`KERAS_GT_ZOO` may name another
            directory or base URL to read it from; its hashes come from the installed index all
            the same); the path of a preset directory (a relative path that is also a built-in
            name needs "./"); "https://..." or "file://..." of such a directory;
            "hf://organisation/model"; "kaggle://organisation/model/framework/variation"; or
            what `open_preset` returned.
        sha256: str or None, the sha256 of metadata.json, which pins every other file. Without
            it a preset from elsewhere is checked for integrity, not for who made it.

    Returns:
        A `PresetFiles`.

    Raises:
        ValueError: if the handle has no known form, or a file is not what its hash says.
        FileNotFoundError: if there is no preset there.
        ConnectionError: if it is not cached and there is no network.
    """
    if sha256 is not None:
        check_sha256(sha256)
    if isinstance(handle, PresetFiles) and sha256 in (None, handle.sha256):
        return handle
    if isinstance(handle, os.PathLike):
        return PresetFiles(Path(handle).expanduser(), sha256=sha256)
    if not isinstance(handle, str) or not handle:
        raise ValueError(f"`handle` must be {_FORMS}. Correct it. Received: handle={handle!r}")
    scheme, separator, _ = handle.partition("://")
    if separator:
        return _open_address(scheme, handle, sha256)
    found = None
    if not any(mark in handle for mark in ("/", "\\", ".", "~")):
        found = zoo.find_preset(handle)
    if found is not None:
        return _open_built_in(handle, *found, sha256)
    path = Path(handle).expanduser()
    if path.is_dir():
        return PresetFiles(path, handle, sha256)
    raise ValueError(_unknown(handle))


def _open_address(scheme, handle, sha256):
    if scheme in ("https", "http"):
        return fetch_preset(handle, handle, sha256)
    if scheme == "hf":
        return hub.fetch_hugging_face(handle, sha256)
    if scheme == "kaggle":
        return hub.fetch_kaggle(handle, sha256)
    if scheme == "file":
        parts = urllib.parse.urlsplit(handle)
        if parts.netloc in ("", "localhost"):
            return PresetFiles(urllib.request.url2pathname(parts.path), handle, sha256)
    raise ValueError(f"`handle` must be {_FORMS}. Correct it. Received: handle={handle!r}")


def _open_built_in(name, location, pin, sha256):
    if sha256 is not None and sha256 != pin:
        raise ValueError(
            f"`sha256` must be that of the built-in '{name}', {pin}. Leave it out, or load the "
            f"other version from its own path or address. Received: sha256={sha256}"
        )
    if isinstance(location, str):
        return fetch_preset(location, name, pin)
    if not (location / METADATA_FILE).is_file():
        raise FileNotFoundError(
            f"The built-in preset '{name}' is not in {location.parent}. Set KERAS_GT_ZOO to a "
            "directory or a base URL that holds it."
        )
    return PresetFiles(location, name, pin)


def _unknown(handle):
    known = list(zoo.list_presets())
    near = difflib.get_close_matches(handle, known, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else "`keras-gt list` shows the names."
    return f"`handle` must be {_FORMS}. {hint} Received: handle={handle!r}"
