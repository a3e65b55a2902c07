"""Where built-in presets are: the one place that knows."""

import os
from pathlib import Path

from keras_gt.presets.download import check_url, fetch_bytes, file_url
from keras_gt.presets.preset_files import parse_json
from keras_gt.presets.preset_format import (
    FORMAT_VERSION,
    INDEX_FILE,
    MAX_METADATA_BYTES,
    METADATA_FILE,
    check_files_table,
)


def shipped_zoo():
    """The directory of the presets that came with this keras_gt.

    In an installed package it is `keras_gt/zoo`; in a checkout it is `zoo` beside the package.
    """
    package = Path(__file__).resolve().parent.parent
    installed = package / "zoo"
    if (installed / INDEX_FILE).is_file():
        return installed
    return package.parent / "zoo"


def named_zoo():
    """What `KERAS_GT_ZOO` names, a `Path` or a base URL as str; None if it is not set."""
    named = os.environ.get("KERAS_GT_ZOO")
    if not named:
        return None
    if "://" in named:
        check_url(named)
        return named
    return Path(named).expanduser()


def read_index(content, source):
    """The presets of an index.json: name -> entry, with every files table checked."""
    index = parse_json(content, source)
    version = index.get("format_version") if isinstance(index, dict) else None
    presets = index.get("presets") if isinstance(index, dict) else None
    if version != FORMAT_VERSION or not isinstance(presets, dict):
        raise ValueError(
            f"{source} must have `format_version` {FORMAT_VERSION} and `presets`. Write it with "
            f"`python -m keras_gt.presets.index DIRECTORY`. Received: format_version={version!r}"
        )
    for name, entry in presets.items():
        files = entry.get("files") if isinstance(entry, dict) else None
        if METADATA_FILE not in check_files_table(files, f"{source}, preset {name!r},"):
            raise ValueError(
                f"{source} must hold the hash of every preset's {METADATA_FILE}. Write it with "
                f"`python -m keras_gt.presets.index DIRECTORY`. Received: preset {name!r} without"
            )
    return presets


def installed_index():
    """The presets that this keras_gt knows by name, from the index that came with it."""
    path = shipped_zoo() / INDEX_FILE
    return read_index(path.read_bytes(), str(path)) if path.is_file() else {}


def named_index():
    """The presets of the zoo that `KERAS_GT_ZOO` names; {} where it has no index."""
    zoo = named_zoo()
    if zoo is None:
        return {}
    if isinstance(zoo, str):
        try:
            content = fetch_bytes(file_url(zoo, INDEX_FILE), MAX_METADATA_BYTES)
        except FileNotFoundError:
            return {}
        return read_index(content, f"{INDEX_FILE} of KERAS_GT_ZOO")
    path = zoo / INDEX_FILE
    return read_index(path.read_bytes(), str(path)) if path.is_file() else {}


def list_presets():
    """Every preset that can be loaded by name.

    Returns:
        A dict of name -> entry of index.json (`class_name`, `description`, `metric`, `files`,
        ...), sorted by name. What the installed index says wins over `KERAS_GT_ZOO`.
    """
    return dict(sorted({**named_index(), **installed_index()}.items()))


def find_preset(name):
    """The place and the pin of a built-in preset.

    Args:
        name: str, a name such as "gat_cora".

    Returns:
        (location, sha256): a `Path` or a base URL as str, and the sha256 of metadata.json; None
        if no zoo has this name.
    """
    entry = installed_index().get(name)
    if entry is None:
        entry = named_index().get(name)
    if entry is None:
        return None
    zoo = named_zoo() or shipped_zoo()
    location = file_url(zoo, name) if isinstance(zoo, str) else zoo / name
    return location, entry["files"][METADATA_FILE]["sha256"]
