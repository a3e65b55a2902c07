"""Writing a model as a preset directory."""

import datetime
import math
import os
import shutil
import tempfile
from pathlib import Path

import keras

import keras_gt
from keras_gt.presets.metadata import check_description, json_bytes, write_card_and_metadata
from keras_gt.presets.preset_files import parse_metadata
from keras_gt.presets.preset_format import (
    CONFIG_FILE,
    FORMAT_VERSION,
    METADATA_FILE,
    PREPROCESSOR_FILE,
    SAMPLE_FILE,
    TASK_CONFIG_FILE,
    TASK_WEIGHTS_FILE,
    TOKENIZER_FILE,
    WEIGHTS_FILE,
)
from keras_gt.presets.safe_config import allowed_packages, check_config, serialize
from keras_gt.presets.sample import write_sample
from keras_gt.presets.text_files import move_texts_out

_OWN_FILES = {
    CONFIG_FILE,
    WEIGHTS_FILE,
    TASK_CONFIG_FILE,
    TASK_WEIGHTS_FILE,
    PREPROCESSOR_FILE,
    SAMPLE_FILE,
    TOKENIZER_FILE,
}


def backbone_of(model):
    """The backbone of a task; None if the model is itself a backbone."""
    backbone = getattr(model, "backbone", None)
    return backbone if isinstance(backbone, keras.Model) else None


def not_of_the_head(task):
    """What the head's weights file leaves out: the backbone's layers, the optimizer's state."""
    layers = task.backbone._flatten_layers(include_self=True, recursive=True)
    return [*layers, getattr(task, "optimizer", None)]


def save_preset(model, directory, metadata=None, sample=None):
    """Writes a backbone or a task as a preset directory.

    The directory is written beside its place and then renamed, so it is there whole or not at
    all. A preset that is there already is replaced; other files in it (run records) stay, and
    what its metadata.json says and `metadata` does not, stays too. A directory that is not a
    preset is never touched. LoRA is merged into the weights that are written.

    Args:
        model: a built Backbone or Task, of a class registered with Keras.
        directory: path of the preset; its name is the preset's name by default.
        metadata: dict or None, what the model card says: see `keras_gt.presets.metadata`.
        sample: dict of input arrays or None; stored with the model's outputs for
            `keras-gt verify`. Keep it below 100 kB.

    Returns:
        The directory as a `pathlib.Path`.

    Raises:
        ValueError: if the model is not built, its config holds what a preset may not, the
            metadata has the wrong form, or the directory holds something else.
    """
    directory = Path(directory).absolute()
    description = {**_stored(directory), **check_description(dict(metadata or {}))}
    directory.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    try:
        _write_model(model, partial)
        if sample is not None:
            write_sample(partial / SAMPLE_FILE, model, sample)
        if directory.is_dir():
            for path in directory.iterdir():
                if path.is_file() and path.name not in _OWN_FILES:
                    shutil.copy2(path, partial / path.name)
        content = {**_automatic(model), "name": directory.name, **description}
        write_card_and_metadata(partial, content)
        os.chmod(partial, 0o755)
        _swap(partial, directory)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return directory


def _stored(directory):
    """What the preset that is there says about itself; refuses a directory that is no preset."""
    if not directory.exists() or (directory.is_dir() and not any(directory.iterdir())):
        return {}
    if not (directory / METADATA_FILE).is_file():
        raise ValueError(
            "`directory` must be new, empty, or a preset to replace. Name another. "
            f"Received: directory={directory}"
        )
    content = parse_metadata((directory / METADATA_FILE).read_bytes(), str(directory))
    automatic = ("files", "format_version", "keras_version", "keras_gt_version", "date_saved")
    derived = ("class_name", "backbone", "tasks", "parameter_count")
    return {key: value for key, value in content.items() if key not in automatic + derived}


def _write_model(model, directory):
    if not isinstance(model, keras.Model) or not model.built:
        raise ValueError(
            "`model` must be a built Backbone or Task. Call it once on data. "
            f"Received: model={model!r:.200}"
        )
    backbone = backbone_of(model)
    packages = allowed_packages(type(model)) | allowed_packages(type(backbone or model))
    _write_config(backbone or model, directory / CONFIG_FILE, packages)
    keras.saving.save_weights(backbone or model, directory / WEIGHTS_FILE)
    if backbone is None:
        return
    _write_config(model, directory / TASK_CONFIG_FILE, packages)
    keras.saving.save_weights(
        model, directory / TASK_WEIGHTS_FILE, objects_to_skip=not_of_the_head(model)
    )
    if getattr(model, "preprocessor", None) is not None:
        _write_config(model.preprocessor, directory / PREPROCESSOR_FILE, packages)


def _write_config(value, path, packages):
    config = serialize(value)
    move_texts_out(config, path.parent)
    check_config(config, packages, path.name)
    path.write_bytes(json_bytes(config))


def _automatic(model):
    backbone = backbone_of(model)
    bases = [base.__name__ for base in type(model).__mro__ if issubclass(base, keras.Model)]
    return {
        "format_version": FORMAT_VERSION,
        "keras_version": keras.__version__,
        "keras_gt_version": keras_gt.__version__,
        "date_saved": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "class_name": type(model).__name__,
        "backbone": type(backbone or model).__name__,
        "tasks": [] if backbone is None else bases[:1],
        "parameter_count": parameter_count(model),
    }


def parameter_count(model):
    """The learned parameters, frozen ones among them.

    Moving statistics are not learned, and LoRA's kernels are merged into the others.
    """
    return sum(
        math.prod(weight.shape)
        for weight in model.weights
        if not weight.name.startswith(("moving_", "lora_kernel"))
    )


def _swap(partial, directory):
    """Puts `partial` in the place of `directory`, which stays if that fails."""
    if not directory.exists():
        os.rename(partial, directory)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{directory.name}-old-", dir=directory.parent))
    os.rename(directory, old / "preset")
    try:
        os.rename(partial, directory)
    except BaseException:
        os.rename(old / "preset", directory)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)
