"""Graph transformers for Keras 3: layers, data and a zoo of trained presets on every backend."""

import importlib

__version__ = "0.1.0"

_SUBMODULES = (
    "analysis",
    "datasets",
    "graph",
    "layers",
    "loaders",
    "losses",
    "metrics",
    "models",
    "ops",
    "presets",
    "schedules",
    "testing",
)


def __getattr__(name):
    if name in _SUBMODULES:
        return importlib.import_module(f"keras_gt.{name}")
    raise AttributeError(f"module 'keras_gt' has no attribute {name!r}")


def __dir__():
    return [*globals(), *_SUBMODULES]
