"""Turning a preset's JSON into objects without ever running code from it.

A config may name classes that an allowed package registered with Keras, and a fixed list of
Keras' own. Everything else (lambdas, functions, Lambda layers, modules to import, unknown or
foreign classes) is refused before anything is built.
"""

import keras

_MAX_DEPTH = 64
_CONFIG_KEYS = {"module", "class_name", "config", "registered_name"}

_KERAS_CLASSES = {
    "keras": ("DTypePolicy",),
    "keras.constraints": ("MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"),
    "keras.dtype_policies": (
        "DTypePolicy",
        "DTypePolicyMap",
        "QuantizedDTypePolicy",
        "QuantizedFloat8DTypePolicy",
    ),
    "keras.initializers": (
        "Constant",
        "GlorotNormal",
        "GlorotUniform",
        "HeNormal",
        "HeUniform",
        "Identity",
        "LecunNormal",
        "LecunUniform",
        "Ones",
        "Orthogonal",
        "RandomNormal",
        "RandomUniform",
        "TruncatedNormal",
        "VarianceScaling",
        "Zeros",
    ),
    "keras.layers": (
        "Activation",
        "BatchNormalization",
        "Dense",
        "Dropout",
        "EinsumDense",
        "Embedding",
        "LayerNormalization",
    ),
    "keras.quantizers": ("AbsMaxQuantizer", "Int8QuantizationConfig"),
    "keras.regularizers": ("L1", "L1L2", "L2", "OrthogonalRegularizer"),
}


def package_of(name):
    """The package of a registered name: "keras_gt" for "keras_gt>GAT", else ""."""
    package, separator, _ = str(name).partition(">")
    return package if separator else ""


def allowed_packages(cls):
    """keras_gt, and the package that the class on which the user calls was registered in."""
    package = package_of(keras.saving.get_registered_name(cls))
    return {"keras_gt", package} - {""}


def registered_class(config, packages):
    """The class that a serialised object of an allowed package names."""
    name = config.get("registered_name") if isinstance(config, dict) else None
    if package_of(name) not in packages:
        raise ValueError(
            "A preset may only hold classes registered by keras_gt (or by the package of the class "
            "on which you call from_preset). If you trust it, load it through that class or name "
            "its package in trusted_packages. "
            f"Received: registered_name={name!r}"
        )
    cls = keras.saving.get_custom_objects().get(name)
    if cls is None:
        raise ValueError(
            f"'{name}' is not a class that this keras_gt has. Install the version that saved the "
            f"preset, or import the module that registers the class. Received: {name!r}"
        )
    if not isinstance(cls, type) or config.get("class_name") != cls.__name__:
        raise ValueError(
            "`class_name` must be the name of the registered class. Refuse this preset. Received: "
            f"class_name={config.get('class_name')!r}, registered_name={name!r}"
        )
    return cls


def check_config(value, packages, where="config"):
    """Raises ValueError unless everything in a parsed JSON value is safe to deserialise.

    Args:
        value: what `json.loads` returned.
        packages: set of str, the registered packages whose classes may be named.
        where: str, the place in the file; for messages.
    """
    pending = [(value, where, 0)]
    while pending:
        item, place, depth = pending.pop()
        if depth > _MAX_DEPTH:
            raise ValueError(
                f"A config must be at most {_MAX_DEPTH} levels deep. Refuse this preset. "
                f"Received: a deeper one at {place:.200}"
            )
        if isinstance(item, dict):
            if "class_name" in item:
                _check_object(item, packages, place)
                pending.append((item["config"], f"{place}.config", depth + 1))
            else:
                pending += [(v, f"{place}.{k}", depth + 1) for k, v in item.items()]
        elif isinstance(item, list):
            pending += [(v, f"{place}[{i}]", depth + 1) for i, v in enumerate(item)]
        elif isinstance(item, str):
            _check_text(item, packages, place)


def _check_object(item, packages, place):
    class_name, module = item["class_name"], item.get("module")
    if set(item) != _CONFIG_KEYS or not isinstance(item["config"], dict):
        raise ValueError(
            f"An object in a preset must have exactly {sorted(_CONFIG_KEYS)}, with a dict as "
            "`config`: functions, lambdas and tensors cannot be stored. Refuse this preset. "
            f"Received: {place} with class_name={class_name!r}, keys={sorted(map(str, item))}"
        )
    if item["registered_name"] is not None:
        cls = registered_class(item, packages)
        if _top(cls.__module__) == "keras_gt" and _top(module) != "keras_gt":
            raise ValueError(
                "`module` of a keras_gt class must be inside keras_gt. Refuse this preset. "
                f"Received: {place} with module={module!r}"
            )
    elif class_name not in _KERAS_CLASSES.get(str(module), ()):
        raise ValueError(
            "A preset may only hold classes of keras_gt and a few of Keras' own (dtype policies, "
            "initializers, regularizers, constraints, Dense and its like), so that loading never "
            f"runs code. Refuse this preset. Received: {place} with {module}.{class_name}"
        )


def _top(module):
    return str(module).partition(".")[0]


def _check_text(text, packages, place):
    """A string that Keras would resolve to a registered object must be of an allowed package."""
    registered = keras.saving.get_custom_objects()
    if text in registered and package_of(text) not in packages:
        raise ValueError(
            "A string in a preset must not name an object that another package registered with "
            f"Keras. Rename that object, or refuse this preset. Received: {place}={text!r}"
        )


def serialize(value):
    """A Keras object as plain JSON values, without how it was built and compiled."""
    return _plain(keras.saving.serialize_keras_object(value))


def _plain(value):
    if isinstance(value, dict):
        dropped = ("build_config", "compile_config") if "class_name" in value else ()
        return {key: _plain(item) for key, item in value.items() if key not in dropped}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
