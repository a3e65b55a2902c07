"""Loading a preset never runs code from it."""

import json

import keras
import pytest

from keras_gt.presets import load_preset, update_metadata

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
def test_hostile_values_anywhere_in_a_config_are_refused(preset, refuse, value, message):
    def plant(config):
        inner = config["config"].get("backbone", config)
        inner["config"]["units"] = {"deep": [value]}

    edit(preset, "config.json", plant)
    edit(preset, "task.json", plant)
    refuse(message)


@pytest.mark.parametrize(
    "config",
    [LAMBDA, LAMBDA_LAYER, FUNCTION, [], "text", None, {"registered_name": "toys>Missing"}],
)
def test_hostile_top_level_is_refused(preset, refuse, config):
    for name in ("config.json", "task.json", "preprocessor.json"):
        (preset / name).write_text(json.dumps(config))
    update_metadata(preset)
    refuse("Received:")


def test_foreign_class_is_refused_but_for_its_own_class(preset, toys):
    def foreign(config):
        config.update(class_name="ForeignBackbone", registered_name="foreign>ForeignBackbone")

    for name in ("task.json", "preprocessor.json"):
        (preset / name).unlink()
    edit(preset, "config.json", foreign)
    with pytest.raises(ValueError, match="package of the class\\s+on which you call from_preset"):
        load_preset(toys["ToyBackbone"], preset)
    assert load_preset(toys["ForeignBackbone"], preset).units == 4
    assert load_preset(toys["ToyBackbone"], preset, trusted_packages=["foreign"]).units == 4
    with pytest.raises(ValueError, match="Write it as a list"):
        load_preset(toys["ToyBackbone"], preset, trusted_packages="foreign")


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


def test_very_deep_and_broken_json_are_refused(preset, refuse):
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
        refuse(message)
