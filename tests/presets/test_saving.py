import json
import warnings

import h5py
import keras
import numpy as np
import pytest

from keras_gt.presets import load_preset, save_preset
from keras_gt.presets.preset_format import hash_file
from keras_gt.presets.saving import parameter_count
from tests.models.small_models import outputs


def test_writes_the_files_of_a_task(preset):
    names = sorted(path.name for path in preset.iterdir())
    assert names == [
        "README.md",
        "config.json",
        "metadata.json",
        "model.weights.h5",
        "preprocessor.json",
        "sample.npz",
        "task.json",
        "task.weights.h5",
    ]
    metadata = json.loads((preset / "metadata.json").read_text())
    assert set(metadata["files"]) == set(names) - {"metadata.json"}
    for name, entry in metadata["files"].items():
        assert entry == hash_file(preset / name)
    assert metadata["format_version"] == 1
    assert (metadata["class_name"], metadata["backbone"]) == ("ToyClassifier", "ToyBackbone")
    assert metadata["parameter_count"] == 3 * 4 + 4 + 4 * 3 + 3
    assert metadata["keras_version"] == keras.__version__
    config = json.loads((preset / "config.json").read_text())
    assert sorted(config) == ["class_name", "config", "module", "registered_name"]
    assert config["registered_name"] == "toys>ToyBackbone"


def test_writes_the_files_of_a_backbone(tmp_path, toys):
    directory = save_preset(toys["ToyBackbone"](), tmp_path / "backbone")
    names = sorted(path.name for path in directory.iterdir())
    assert names == ["README.md", "config.json", "metadata.json", "model.weights.h5"]


def test_task_weights_hold_the_head_only(preset, tmp_path, toys):
    import h5py

    with h5py.File(preset / "task.weights.h5") as file:
        arrays = []
        file.visititems(lambda _, item: arrays.append(item) if hasattr(item, "nbytes") else None)
        assert sorted(array.shape for array in arrays) == [(3,), (4, 3)]


def test_compiled_model_leaves_out_how_it_was_compiled(tmp_path, classifier, inputs):
    classifier.compile("adam", "mse")
    classifier.fit(inputs, np.zeros((1, 5, 3)), verbose=0)
    directory = save_preset(classifier, tmp_path / "toy")
    assert "compile_config" not in (directory / "task.json").read_text()
    assert "build_config" not in (directory / "task.json").read_text()
    with h5py.File(directory / "task.weights.h5") as weights:
        assert "vars" not in weights.get("optimizer", {})


def test_replaces_a_preset_and_keeps_other_files_and_words(preset, toys, metadata):
    (preset / "runs.json").write_text("[]")
    save_preset(toys["ToyBackbone"](units=7), preset, {"description": "Another."})
    stored = json.loads((preset / "metadata.json").read_text())
    assert sorted(path.name for path in preset.iterdir()) == [
        "README.md",
        "config.json",
        "metadata.json",
        "model.weights.h5",
        "runs.json",
    ]
    assert stored["description"] == "Another."
    assert stored["metric"] == metadata["metric"]
    assert stored["class_name"] == "ToyBackbone"
    assert "runs.json" in stored["files"]
    assert [path.name for path in preset.parent.iterdir()] == ["toy"]


def test_never_touches_a_directory_that_is_no_preset(tmp_path, toys):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match="new, empty, or a preset to replace"):
        save_preset(toys["ToyBackbone"](), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_failure_leaves_the_old_preset_whole(preset, classifier, monkeypatch):
    before = {path.name: path.read_bytes() for path in preset.iterdir()}
    monkeypatch.setattr("keras_gt.presets.saving.write_card_and_metadata", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save_preset(classifier, preset)
    assert {path.name: path.read_bytes() for path in preset.iterdir()} == before
    assert [path.name for path in preset.parent.iterdir()] == ["toy"]


def test_failed_rename_puts_the_old_preset_back(preset, classifier, monkeypatch):
    import os

    before, rename, calls = (preset / "metadata.json").read_bytes(), os.rename, []

    def fail_second(source, target):
        calls.append(source)
        if len(calls) == 2:
            raise OSError("disk on fire")
        rename(source, target)

    monkeypatch.setattr("keras_gt.presets.saving.os.rename", fail_second)
    with pytest.raises(OSError, match="disk on fire"):
        save_preset(classifier, preset)
    assert (preset / "metadata.json").read_bytes() == before


def test_refuses_a_model_that_is_not_built(tmp_path):
    with pytest.raises(ValueError, match="`model` must be a built Backbone or Task"):
        save_preset(keras.Sequential([keras.layers.Dense(2)]), tmp_path / "new")
    assert not list(tmp_path.iterdir())


def test_refuses_what_could_not_be_loaded_again(tmp_path, toys):
    class Unregistered(toys["ToyBackbone"]):
        pass

    with pytest.raises(ValueError, match="only hold classes registered by keras_gt"):
        save_preset(Unregistered(), tmp_path / "new")
    model = toys["ToyBackbone"]()
    model.get_config = lambda: {"units": lambda x: x}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ValueError, match="functions, lambdas and tensors cannot be stored"):
            save_preset(model, tmp_path / "new")
    assert not list(tmp_path.iterdir())


def test_a_backbone_of_another_package_under_our_task(tmp_path, toys, inputs):
    task = toys["ToyClassifier"](toys["ForeignBackbone"]())
    expected = task(inputs)
    save_preset(task, tmp_path / "new")
    with pytest.raises(ValueError, match="its package in trusted_packages"):
        load_preset(toys["ToyClassifier"], tmp_path / "new")
    loaded = load_preset(toys["ToyClassifier"], tmp_path / "new", trusted_packages=["foreign"])
    np.testing.assert_array_equal(
        *(keras.ops.convert_to_numpy(x) for x in (loaded(inputs), expected))
    )


def test_moving_statistics_are_not_counted(tmp_path):
    inputs = keras.Input((3,))
    normed = keras.layers.BatchNormalization()(inputs)
    model = keras.Model(inputs, keras.layers.Dense(2)(normed))
    model.layers[-1].trainable = False  # frozen weights are learned ones
    assert parameter_count(model) == 2 * 3 + 3 * 2 + 2
    assert model.count_params() == parameter_count(model) + 2 * 3


def test_lora_is_merged_and_not_counted(tmp_path, toys, inputs):
    model = toys["ToyBackbone"]()
    model.query.enable_lora(2)
    model.query.lora_kernel_b.assign(np.ones(model.query.lora_kernel_b.shape))
    expected = outputs(model, inputs)
    directory = save_preset(model, tmp_path / "lora")
    assert json.loads((directory / "metadata.json").read_text())["parameter_count"] == 16
    fresh = toys["ToyBackbone"]()
    fresh.load_weights(directory / "model.weights.h5")
    np.testing.assert_allclose(keras.ops.convert_to_numpy(fresh(inputs)), expected, rtol=1e-6)
