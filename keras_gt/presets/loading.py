"""Building a model from a preset."""

import json
import warnings

import keras

from keras_gt.presets.handles import open_preset
from keras_gt.presets.preset_format import (
    CONFIG_FILE,
    PREPROCESSOR_FILE,
    TASK_CONFIG_FILE,
    TASK_WEIGHTS_FILE,
    WEIGHTS_FILE,
)
from keras_gt.presets.safe_config import (
    allowed_packages,
    check_config,
    registered_class,
)
from keras_gt.presets.safe_weights import check_weights_file
from keras_gt.presets.saving import not_of_the_head
from keras_gt.presets.text_files import put_texts_back

_LAYER_ARGUMENTS = ("name", "trainable", "dtype")


def load_preset(cls, handle, load_weights=True, sha256=None, trusted_packages=(), **overrides):
    """The backbone, task or preprocessor of a preset.

    What is built is the part of the preset that is a `cls`: the task if it is one, else the
    backbone, else the preprocessor. So a base class gives whichever subclass was saved. A
    task class on a preset that holds only a backbone gives a new head on that backbone.

    Args:
        cls: the class on which `from_preset` was called.
        handle: str or path, see `open_preset`.
        load_weights: bool; false gives the architecture with fresh weights.
        sha256: str or None, the sha256 that the preset's metadata.json must have.
        trusted_packages: collection of str, packages whose registered classes the preset may hold,
            beside keras_gt and the package in which `cls` is registered: an architecture of your
            own under a task of ours.
        **overrides: arguments that replace those saved, of the task or else of its backbone;
            `dtype` goes to both. Where one changes the shape of the head (`num_classes`), the
            head starts fresh and the backbone keeps its weights.

    Returns:
        An instance of `cls`, with the saved dtype.

    Raises:
        ValueError: if the preset holds no `cls`, is corrupt, holds what may not be loaded, or an
            override is not an argument.
        FileNotFoundError, ConnectionError: see `open_preset`.
    """
    files = open_preset(handle, sha256=sha256)
    packages = allowed_packages(cls) | _names(trusted_packages)
    for name, load in _PARTS.items():
        if name in files:
            config = files.read_json(name)
            check_config(config, packages, name)
            if issubclass(registered_class(config, packages), cls):
                put_texts_back(config, files)
                return load(files, config, packages, load_weights, overrides)
    if TASK_CONFIG_FILE not in files and getattr(cls, "takes_backbone", False):
        return _new_head(cls, files, packages, load_weights, overrides)
    raise ValueError(_no_such_part(cls, files))


def _names(trusted_packages):
    if isinstance(trusted_packages, str):
        raise ValueError(
            "trusted_packages must be a collection of names. Write it as a list. Received: "
            f"{trusted_packages!r}"
        )
    return set(trusted_packages)


def _no_such_part(cls, files):
    held = [files.metadata.get(key) for key in ("class_name", "backbone")]
    names = " on ".join(dict.fromkeys(str(name) for name in held if name))
    message = (
        f"The preset '{files.handle}' must hold a {cls.__name__}. "
        f"Use {held[0]}.from_preset('{files.handle}')"
    )
    if getattr(cls, "takes_backbone", False):
        message += (
            f", or put a new head on its backbone: {cls.__name__}(keras_gt.models.{held[1]}"
            f".from_preset('{files.handle}'), ...)"
        )
    return f"{message}. Received: a preset of {names}"


def _load_backbone(files, config, packages, load_weights, overrides):
    for key in overrides:
        if key not in config["config"] and key not in _LAYER_ARGUMENTS:
            raise ValueError(_unknown_override(key, files, config["config"]))
    _check_dtype_override(files, config["config"], overrides)
    backbone = _build({**config, "config": {**config["config"], **overrides}})
    if load_weights:
        _load_weights(backbone, files, WEIGHTS_FILE)
    return backbone


def _load_task(files, config, packages, load_weights, overrides):
    task_overrides, backbone_overrides = _sort_overrides(files, config["config"], overrides)

    def build():
        backbone = config["config"]["backbone"]
        inner = {**backbone, "config": {**backbone["config"], **backbone_overrides}}
        outer = {**config["config"], **task_overrides, "backbone": inner}
        return _build({**config, "config": outer})

    task = build()
    if load_weights:
        changed = set(task_overrides) - set(_LAYER_ARGUMENTS)
        try:
            _load_weights(task, files, TASK_WEIGHTS_FILE, skip=not_of_the_head(task))
        except ValueError:
            if not changed:
                raise
            task = build()  # the head has another shape now: it starts fresh
        _load_weights(task.backbone, files, WEIGHTS_FILE)
    return task


def _load_preprocessor(files, config, packages, load_weights, overrides):
    return _build({**config, "config": {**config["config"], **overrides}})


_PARTS = {
    TASK_CONFIG_FILE: _load_task,
    CONFIG_FILE: _load_backbone,
    PREPROCESSOR_FILE: _load_preprocessor,
}


def _new_head(cls, files, packages, load_weights, overrides):
    config = files.read_json(CONFIG_FILE)
    check_config(config, packages, CONFIG_FILE)
    keys = config["config"].keys() - {"name"}
    of_backbone = {key: overrides.pop(key) for key in list(overrides) if key in keys}
    backbone = _load_backbone(files, config, packages, load_weights, of_backbone)
    if PREPROCESSOR_FILE in files and "preprocessor" not in overrides:
        saved = files.read_json(PREPROCESSOR_FILE)
        check_config(saved, packages, PREPROCESSOR_FILE)
        put_texts_back(saved, files)
        overrides["preprocessor"] = _build(saved)
    return cls(backbone, **overrides)


def _sort_overrides(files, config, overrides):
    """Splits overrides between a task and its backbone."""
    if not isinstance(config.get("backbone"), dict) or "config" not in config["backbone"]:
        raise ValueError(
            f"{TASK_CONFIG_FILE} must hold the task's backbone. Refuse this preset. Received: "
            f"'{files.handle}' without"
        )
    _check_dtype_override(files, config["backbone"]["config"], overrides)
    of_task, of_backbone = {}, {}
    for key, value in overrides.items():
        if key == "backbone":
            raise ValueError(
                "`backbone` cannot replace that of a preset. Call the class itself with your "
                f"backbone. Received: backbone={value!r:.100}"
            )
        if key in config:
            of_task[key] = value
        elif key in config["backbone"]["config"]:
            of_backbone[key] = value
        elif key in _LAYER_ARGUMENTS:
            of_task[key] = value
        else:
            known = {**config["backbone"]["config"], **config}
            raise ValueError(_unknown_override(key, files, known))
    if "dtype" in overrides:
        of_backbone["dtype"] = overrides["dtype"]
    return of_task, of_backbone


def _check_dtype_override(files, config, overrides):
    """A quantised preset holds integers, which fit no other dtype policy."""
    if "dtype" in overrides and "Quantized" in json.dumps(config.get("dtype")):
        raise ValueError(
            "`dtype` must be left out for a quantised preset: its weights are integers. Load it "
            f"as it is, or another preset. Received: dtype={overrides['dtype']!r} for "
            f"'{files.handle}'"
        )


def _unknown_override(key, files, known):
    names = ", ".join(sorted(set(known) - {"backbone"}))
    return (
        f"`{key}` must be an argument that the preset '{files.handle}' was saved with. "
        f"Choose among {names}. Received: {key}"
    )


def _build(config):
    """The object of a config that was checked; overrides may have put objects into it."""
    return keras.saving.deserialize_keras_object(config, safe_mode=True)


def _load_weights(model, files, name, skip=None):
    path = files.path(name)
    check_weights_file(path)
    problem = None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            keras.saving.load_weights(model, path, objects_to_skip=skip)
        except (ValueError, KeyError) as error:
            problem = error
    for warning in caught:
        if "freshly-initialized weights" in str(warning.message):  # Keras only warns of it
            problem = problem or warning.message
        else:
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    if problem is not None:
        raise ValueError(
            f"{name} of '{files.handle}' must fit the architecture. Drop the overrides that change "
            f"a shape or the dtype policy, or pass load_weights=False. Received: {problem}"
        ) from problem
