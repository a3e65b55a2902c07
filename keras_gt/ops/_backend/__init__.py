"""Picks the native functions of the active backend; what a backend lacks comes from `generic`."""

import importlib

import keras

from keras_gt.ops._backend import generic

_ACTIVE = keras.backend.backend()
_NATIVE = (
    importlib.import_module(f"keras_gt.ops._backend.{_ACTIVE}")
    if _ACTIVE in ("jax", "tensorflow", "torch")
    else generic
)


def native(name):
    """The active backend's function of this name, else the generic one (same signature)."""
    return getattr(_NATIVE, name, getattr(generic, name))


def exporter():
    """The active backend's module that writes exported models."""
    return importlib.import_module(f"keras_gt.ops._backend.{_ACTIVE}_export")
