"""Loading a preset never runs code from it, and never opens a file outside it."""

import json
import os

import h5py
import keras
import numpy as np
import pytest

from keras_gt.presets import load_preset, update_metadata
from keras_gt.presets.preset_format import hash_file

LAMBDA = {
    "class_name": "__lambda__",
    "config": {"value": ["4wEAAAA=", None, None]},
}
FUNCTION = {
    "module": "builtins",
    "class_name": "function",
    "config": "exec",
    "registered_name": "function",
}
LAMBDA_LAYER = {
    "module": "keras.layers",
    "class_name": "Lambda",
    "config": {"function": LAMBDA},
    "registered_name": None,
}


def edit(preset, name, change):
    """Changes a JSON file of the preset and makes its hashes right again."""
    value = json.loads((preset / name).read_text())
    value = change(value) or value
    (preset / name).write_text(json.dumps(value))
    update_metadata(preset)


def refuse(toys, preset, message):
    for name in ("ToyTask", "ToyBackbone"):
        with pytest.raises(ValueError, match=message):
            load_preset(toys[name], preset)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (LAMBDA, "functions, lambdas and tensors cannot be stored"),
        ({**LAMBDA, "module": "builtins", "registered_name": None}, "never runs code"),
        (FUNCTION, "functions, lambdas and tensors cannot be stored"),
        ({**FUNCTION, "config": {"name": "exec"}}, "only hold classes registered by keras_gt"),
        (LAMBDA_LAYER, "never runs code.*keras.layers.Lambda"),
        ({**LAMBDA_LAYER, "class_name": "TFSMLayer"}, "never runs code.*TFSMLayer"),
        ({**LAMBDA_LAYER, "class_name": "TorchModuleWrapper"}, "never runs code"),
        ({**LAMBDA_LAYER, "module": "os", "class_name": "system"}, "never runs code.*os.system"),
        ({**LAMBDA_LAYER, "module": "keras.src.layers.core.lambda_layer"}, "never runs code"),
        ({**LAMBDA_LAYER, "module": ["keras"]}, "never runs code"),
        ({**LAMBDA_LAYER, "registered_name": "toys>Lambda"}, "is not a class that this keras_gt"),
        (
            {**LAMBDA_LAYER, "registered_name": "foreign>ForeignBackbone"},
            "only hold classes registered by keras_gt",
        ),
        (
            {**LAMBDA_LAYER, "registered_name": "toys>ToyBackbone"},
            "`class_name` must be the name of the registered class",
        ),
        ({**LAMBDA_LAYER, "shared_object_id": 1}, "must have exactly"),
        ({**LAMBDA_LAYER, "build_config": {}}, "must have exactly"),
        ({"class_name": "Dense"}, "must have exactly"),
        ({"class_name": "__numpy__", "config": {"value": [1], "dtype": "int8"}}, "have exactly"),
        ("foreign>ForeignBackbone", "must not name an object that another package registered"),
    ],
)
def test_hostile_values_anywhere_in_a_config_are_refused(preset, toys, value, message):
    def plant(config):
        inner = config["config"].get("backbone", config)
        inner["config"]["units"] = {"deep": [value]}

    edit(preset, "config.json", plant)
    edit(preset, "task.json", plant)
    refuse(toys, preset, message)


@pytest.mark.parametrize(
    "config",
    [LAMBDA, LAMBDA_LAYER, FUNCTION, [], "text", None, {"registered_name": "toys>Missing"}],
)
def test_hostile_top_level_is_refused(preset, toys, config):
    for name in ("config.json", "task.json", "preprocessor.json"):
        (preset / name).write_text(json.dumps(config))
    update_metadata(preset)
    refuse(toys, preset, "Received:")


def test_foreign_class_is_refused_but_for_its_own_class(preset, toys):
    def foreign(config):
        config.update(class_name="ForeignBackbone", registered_name="foreign>ForeignBackbone")

    for name in ("task.json", "preprocessor.json"):
        (preset / name).unlink()
    edit(preset, "config.json", foreign)
    with pytest.raises(ValueError, match="package of the class\\s+on which you call from_preset"):
        load_preset(toys["ToyBackbone"], preset)
    assert load_preset(toys["ForeignBackbone"], preset).units == 4


def test_module_of_our_classes_must_be_ours():
    from keras_gt.presets.safe_config import check_config

    @keras.saving.register_keras_serializable(package="keras_gt")
    class Planted:
        def get_config(self):
            return {}

    Planted.__module__ = "keras_gt.somewhere"
    config = {
        "module": "os",
        "class_name": "Planted",
        "config": {},
        "registered_name": "keras_gt>Planted",
    }
    try:
        with pytest.raises(ValueError, match="`module` of a keras_gt class must be inside"):
            check_config(config, {"keras_gt"})
        check_config({**config, "module": "keras_gt.anywhere"}, {"keras_gt"})
    finally:
        keras.saving.get_custom_objects().pop("keras_gt>Planted")


def test_lambdas_stay_refused_when_keras_allows_them(preset, toys):
    edit(preset, "config.json", lambda config: config["config"].update(units=LAMBDA))
    keras.config.enable_unsafe_deserialization()
    try:
        with pytest.raises(ValueError, match="functions, lambdas and tensors"):
            load_preset(toys["ToyBackbone"], preset)
    finally:
        from keras.src.backend.common import global_state

        global_state.set_global_attribute("safe_mode_saving", None)


def test_very_deep_and_broken_json_are_refused(preset, toys):
    deep = "[" * 100 + "]" * 100
    for content, message in (
        (f'{{"a": {deep}}}', "at most 64 levels deep"),
        ("[" * 100000, "must be valid JSON"),
        ("{", "must be valid JSON"),
        ("\ud800", "must be valid JSON"),
    ):
        for name in ("config.json", "task.json"):
            (preset / name).write_bytes(content.encode("utf-8", "surrogatepass"))
        update_metadata(preset)
        refuse(toys, preset, message)


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
def test_file_names_that_leave_the_directory_are_refused(preset, toys, name):
    metadata = json.loads((preset / "metadata.json").read_text())
    metadata["files"][name] = metadata["files"]["config.json"]
    (preset / "metadata.json").write_text(json.dumps(metadata))
    refuse(toys, preset, "must have a plain name")


def test_link_out_of_the_directory_is_refused(preset, toys):
    outside = preset.parent / "outside.json"
    os.replace(preset / "task.json", outside)
    (preset / "task.json").symlink_to(outside)
    refuse(toys, preset, "a link leads out of it")
    (preset / "metadata.json").unlink()
    (preset / "metadata.json").symlink_to("/etc/hostname")
    refuse(toys, preset, "a link leads out of it")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format_version": 2}, "format version 2; this keras_gt reads up to 1"),
        ({"format_version": None}, "must have an integer `format_version`"),
        ({"format_version": True}, "must have an integer `format_version`"),
        ({"files": None}, "`files` in metadata.json .* must map each file"),
        ({"files": {"config.json": "x"}}, "must hold `sha256` and `size`"),
        ({"files": {"config.json": {"size": -1, "sha256": "0" * 64}}}, "`sha256` and `size`"),
        ({"files": {"config.json": {"size": 1, "sha256": "0"}}}, "64 lower-case hexadecimal"),
    ],
)
def test_wrong_metadata_is_refused(preset, toys, change, message):
    metadata = json.loads((preset / "metadata.json").read_text())
    (preset / "metadata.json").write_text(json.dumps({**metadata, **change}))
    refuse(toys, preset, message)


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


def external_link(file, path):
    del file["layers/dense/vars/0"]
    file["layers/dense/vars/0"] = h5py.ExternalLink(str(path), "/secret")


def soft_link(file, path):
    file["layers/other"] = h5py.SoftLink("/layers")


def external_array(file, path):
    del file["layers/dense/vars/0"]
    file.create_dataset(
        "layers/dense/vars/0", (3, 4), "float32", external=[(str(path), 0, h5py.h5f.UNLIMITED)]
    )


def virtual_array(file, path):
    del file["layers/dense/vars/0"]
    layout = h5py.VirtualLayout(shape=(3, 4), dtype="float32")
    layout[:] = h5py.VirtualSource(str(path), "secret", shape=(3, 4))
    file.create_virtual_dataset("layers/dense/vars/0", layout)


def compressed(file, path):
    del file["layers/dense/vars/0"]
    file.create_dataset("layers/dense/vars/0", data=np.zeros((3, 4)), compression="gzip")


def absent_data(file, path):
    del file["layers/dense/vars/0"]
    file.create_dataset("layers/dense/vars/0", (2**20, 2**20), "float32", chunks=(1024, 1024))


def text(file, path):
    file["layers/text"] = ["words"]


def named_type(file, path):
    file["layers/type"] = np.dtype("float32")


@pytest.mark.parametrize(
    ("plant", "message"),
    [
        (external_link, "links to other files"),
        (soft_link, "links to other files or places"),
        (external_array, "arrays kept in other files"),
        (virtual_array, "arrays kept in other files"),
        (compressed, "compressed arrays"),
        (absent_data, "arrays without their data"),
        (text, "anything but numbers"),
        (named_type, "anything but groups and arrays"),
    ],
)
def test_hostile_weights_are_refused(preset, toys, tmp_path, plant, message):
    with h5py.File(tmp_path / "secret.h5", "w") as secret:
        secret["secret"] = np.ones((3, 4), "float32")
    with h5py.File(preset / "model.weights.h5", "a") as file:
        plant(file, tmp_path / "secret.h5")
    update_metadata(preset)
    refuse(toys, preset, f"A weights file may not hold {message}")


def test_weights_that_loop_or_are_not_hdf5(preset, toys):
    with h5py.File(preset / "model.weights.h5", "a") as file:
        file["layers/again"] = file["layers"]
    update_metadata(preset)
    load_preset(toys["ToyBackbone"], preset)
    (preset / "model.weights.h5").write_bytes(b"not HDF5")
    update_metadata(preset)
    refuse(toys, preset, "must be an HDF5 file")


def test_missing_weights_are_not_ignored(preset, toys):
    with h5py.File(preset / "model.weights.h5", "a") as file:
        del file["layers/dense"]
    update_metadata(preset)
    refuse(toys, preset, "must fit the architecture")


def test_not_a_preset(tmp_path, toys):
    with pytest.raises(FileNotFoundError, match="has no metadata.json"):
        load_preset(toys["ToyTask"], tmp_path)
