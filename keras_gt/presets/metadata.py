"""metadata.json: what a preset is, where its numbers come from, and the hash of every file.

What `save_preset(metadata=...)` and `update_metadata` take (every key may be missing):

| key | value |
|---|---|
| `name` | str, the preset's name; the directory's by default |
| `description` | str, one sentence |
| `dataset` | dict: `name`, and any of `title`, `source`, `version`, `graphs`, `nodes`, ... |
| `split` | str, which nodes or graphs train, select and test |
| `metric` | dict: `name`, `unit` ("%" or ""), `higher_is_better`, `mean`, `std` (of several runs), `runs`: a list of dicts with `run` ("seed 3"), `value`, and any of `validation`, `seconds`, `epochs`, `curve` (a list of [epoch, validation]) |
| `shipped` | dict of this file: `run` (as in `runs`), `value`, `selected_by`, `validation` |
| `paper` | dict: `title`, `url`, `value`, `std`, `note` |
| `licence` | dict of what -> words: `data`, `weights`, ... |
| `recipe` | dict: `command`, and the settings that matter |
| `training_time` | float, seconds of all runs together |
| `notes` | list of str, what a reader must know |

The rest is filled in: `format_version`, `keras_version`, `keras_gt_version`, `date_saved`,
`class_name`, `backbone`, `tasks`, `parameter_count` (the learned ones) and `files` (name ->
`sha256`, `size`).
"""  # noqa: E501

import json
import math
import numbers
import os
import tempfile
from pathlib import Path

from keras_gt.presets.card import make_card
from keras_gt.presets.preset_files import parse_metadata
from keras_gt.presets.preset_format import (
    CARD_FILE,
    METADATA_FILE,
    check_file_name,
    hash_bytes,
    hash_file,
)

_TYPES = {
    "name": str,
    "description": str,
    "dataset": dict,
    "split": str,
    "metric": dict,
    "shipped": dict,
    "paper": dict,
    "licence": dict,
    "recipe": dict,
    "training_time": numbers.Real,
    "notes": list,
}
_REQUIRED = {
    "dataset": ("name",),
    "metric": ("name", "mean", "runs"),
    "shipped": ("run", "value"),
    "recipe": ("command",),
}


def check_description(description):
    """Checks what the maker of a preset says about it; returns it.

    Raises:
        ValueError: for an unknown key, a value of the wrong type, a missing entry, or a `mean`
            that is not the mean of its `runs`.
    """
    for key, value in description.items():
        if key not in _TYPES:
            raise ValueError(
                f"`metadata` must have keys among {', '.join(_TYPES)}. Rename or drop it. "
                f"Received: metadata[{key!r}]"
            )
        if not isinstance(value, _TYPES[key]) or isinstance(value, bool):
            raise ValueError(
                f"`metadata[{key!r}]` must be of type {_TYPES[key].__name__}. See "
                f"`keras_gt.presets.metadata`. Received: {value!r:.200}"
            )
        for entry in _REQUIRED.get(key, ()):
            if entry not in value:
                raise ValueError(
                    f"`metadata[{key!r}]` must have {_REQUIRED[key]}. Add {entry!r}. "
                    f"Received: {value!r:.200}"
                )
    if "metric" in description:
        _check_metric(description["metric"])
    return description


def _check_metric(metric):
    runs = metric["runs"]
    if (
        not isinstance(runs, list)
        or not runs
        or not all(
            isinstance(run, dict) and isinstance(run.get("value"), numbers.Real) for run in runs
        )
    ):
        raise ValueError(
            "`metadata['metric']['runs']` must list every run as a dict with `run` and `value`. "
            f"Add them. Received: {runs!r:.200}"
        )
    mean = sum(run["value"] for run in runs) / len(runs)
    if not math.isclose(mean, metric["mean"], rel_tol=1e-3, abs_tol=1e-6):
        raise ValueError(
            "`metadata['metric']['mean']` must be the mean of `runs`. Compute it from them. "
            f"Received: mean={metric['mean']}, mean of {len(runs)} runs={mean}"
        )


def json_bytes(value):
    """The bytes of a JSON file of ours: indented, UTF-8, the same on every platform."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode("utf-8")


def write_card_and_metadata(directory, metadata):
    """Writes README.md and metadata.json, with the hashes of what lies in `directory`."""
    directory = Path(directory)
    content = dict(metadata)
    content.pop("files", None)
    json_bytes(content)  # refuses what JSON cannot hold before anything is written
    replace_file(directory / CARD_FILE, make_card(content).encode("utf-8"))
    names = sorted(path.name for path in directory.iterdir() if path.is_file())
    content["files"] = {
        check_file_name(name): hash_file(directory / name)
        for name in names
        if name != METADATA_FILE and not name.startswith(".")
    }
    replace_file(directory / METADATA_FILE, json_bytes(content))
    return content


def update_metadata(directory, metadata=None):
    """Changes what a preset says about itself, and renews its card and hashes.

    Also the way to accept files that were changed or added on purpose.

    Args:
        directory: path of a preset.
        metadata: dict or None; its keys replace those stored, a value of None removes one.

    Returns:
        The new content of metadata.json.

    Raises:
        ValueError: if `metadata` has an unknown key or a value of the wrong form.
    """
    directory = Path(directory)
    content = parse_metadata((directory / METADATA_FILE).read_bytes(), str(directory))
    metadata = dict(metadata or {})
    check_description({key: value for key, value in metadata.items() if value is not None})
    for key, value in metadata.items():
        if value is None:
            content.pop(key, None)
        else:
            content[key] = value
    return write_card_and_metadata(directory, content)


def replace_file(path, content):
    """Writes a file whole or not at all; an unchanged file is left alone."""
    if path.is_file() and hash_file(path) == hash_bytes(content):
        return
    descriptor, partial = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.chmod(partial, 0o644)
        os.replace(partial, path)
    except BaseException:
        os.unlink(partial)
        raise
