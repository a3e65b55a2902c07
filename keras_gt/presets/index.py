"""index.json of a zoo: what `keras-gt list` shows, and the hashes that pin built-in names.

Run `python -m keras_gt.presets.index zoo` after a preset was added or changed.
"""

import sys
from pathlib import Path

from keras_gt.presets.metadata import json_bytes, replace_file
from keras_gt.presets.preset_files import PresetFiles
from keras_gt.presets.preset_format import (
    FORMAT_VERSION,
    INDEX_FILE,
    METADATA_FILE,
    hash_file,
)

_SHOWN = ("class_name", "backbone", "description", "parameter_count", "shipped", "paper")


def index_entry(directory):
    """What index.json says of one preset; every file of it is checked first."""
    files = PresetFiles(directory)
    size = files.check_all()
    metadata = files.metadata
    entry = {key: metadata[key] for key in _SHOWN if key in metadata}
    if "dataset" in metadata:
        entry["dataset"] = metadata["dataset"]["name"]
    if "metric" in metadata:
        metric = dict(metadata["metric"])
        metric["runs"] = len(metric["runs"])
        entry["metric"] = metric
    pinned = hash_file(Path(directory) / METADATA_FILE)
    entry["size"] = size + pinned["size"]
    entry["files"] = {METADATA_FILE: pinned, **files.files}
    return entry


def build_index(zoo):
    """Writes index.json from the preset directories in `zoo`.

    Args:
        zoo: path of a directory with one folder a preset.

    Returns:
        The content that was written: `format_version` and `presets`.

    Raises:
        ValueError: if a file of a preset is not what its metadata.json says.
    """
    zoo = Path(zoo)
    if not zoo.is_dir():
        raise ValueError(f"`zoo` must be a directory of presets. Make it. Received: zoo={zoo}")
    folders = sorted(path.parent for path in zoo.glob(f"[!.]*/{METADATA_FILE}"))
    presets = {folder.name: index_entry(folder) for folder in folders}
    content = {"format_version": FORMAT_VERSION, "presets": presets}
    replace_file(zoo / INDEX_FILE, json_bytes(content))
    return content


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m keras_gt.presets.index DIRECTORY")
    print(f"{len(build_index(sys.argv[1])['presets'])} presets in {sys.argv[1]}/{INDEX_FILE}")
