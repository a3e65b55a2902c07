"""Only the files of a preset are opened, and only as they were written."""

import json
import os

import pytest

from keras_gt.presets import load_preset, update_metadata
from keras_gt.presets.preset_format import hash_file


@pytest.mark.parametrize(
    "name",
    [
        "../secret",
        "/etc/passwd",
        "a/b",
        "..",
        ".hidden",
        "C:\\x",
        "a\\b",
        "x\0",
        "",
        "a" * 200,
        "é",
    ],
)
def test_file_names_that_leave_the_directory_are_refused(preset, refuse, name):
    metadata = json.loads((preset / "metadata.json").read_text())
    metadata["files"][name] = metadata["files"]["config.json"]
    (preset / "metadata.json").write_text(json.dumps(metadata))
    refuse("must have a plain name")


def test_link_out_of_the_directory_is_refused(preset, refuse):
    outside = preset.parent / "outside.json"
    os.replace(preset / "task.json", outside)
    (preset / "task.json").symlink_to(outside)
    refuse("a link leads out of it")
    (preset / "metadata.json").unlink()
    (preset / "metadata.json").symlink_to("/etc/hostname")
    refuse("a link leads out of it")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format_version": 2}, "format version 2; this keras_gt reads up to 1"),
        ({"format_version": None}, "must have an integer `format_version`"),
        ({"format_version": True}, "must have an integer `format_version`"),
        ({"files": None}, "`files` in metadata.json .* must map each file"),
        (
            {"files": {f"f{i}": {"size": 1, "sha256": "0" * 64} for i in range(300)}},
            "must name at most 256 files",
        ),
        ({"files": {"config.json": "x"}}, "must hold `sha256` and `size`"),
        ({"files": {"config.json": {"size": -1, "sha256": "0" * 64}}}, "`sha256` and `size`"),
        ({"files": {"config.json": {"size": 1, "sha256": "0"}}}, "64 lower-case hexadecimal"),
    ],
)
def test_wrong_metadata_is_refused(preset, refuse, change, message):
    metadata = json.loads((preset / "metadata.json").read_text())
    (preset / "metadata.json").write_text(json.dumps({**metadata, **change}))
    refuse(message)


@pytest.mark.parametrize("size", [4 * 2**20, 17 * 2**20])
def test_huge_json_is_refused(preset, toys, size):
    name = "metadata.json" if size < 16 * 2**20 else "task.json"
    content = (preset / name).read_text() + " " * size
    (preset / name).write_text(content)
    if name == "task.json":
        update_metadata(preset)
    with pytest.raises(ValueError, match=f"{name} must be at most"):
        load_preset(toys["ToyTask"], preset)


@pytest.mark.parametrize("name", ["config.json", "model.weights.h5", "task.weights.h5"])
def test_changed_file_is_named_with_both_hashes_and_kept(preset, toys, name):
    expected = hash_file(preset / name)["sha256"]
    content = (preset / name).read_bytes()
    (preset / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    actual = hash_file(preset / name)["sha256"]
    message = f"(?s){name} of .*must have sha256 {expected} but has {actual}.*update_metadata"
    with pytest.raises(ValueError, match=message):
        for cls in ("ToyTask", "ToyBackbone"):
            load_preset(toys[cls], preset)
    (preset / name).write_bytes(content[:-5])
    with pytest.raises(ValueError, match="truncated or was changed"):
        for cls in ("ToyTask", "ToyBackbone"):
            load_preset(toys[cls], preset)
    assert (preset / name).read_bytes() == content[:-5]


def test_not_a_preset(tmp_path, toys):
    with pytest.raises(FileNotFoundError, match="has no metadata.json"):
        load_preset(toys["ToyTask"], tmp_path)
