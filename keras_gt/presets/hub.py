"""Presets on Hugging Face and Kaggle, through their own clients where these are installed."""

import importlib
from pathlib import Path

from keras_gt.presets.preset_files import PresetFiles

_PATTERNS = ["*.json", "*.h5", "*.npz", "README.md"]


def _client(module, handle):
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ImportError(
            f"`{module}` must be installed to load '{handle}'. Run `pip install keras_gt[hub]`, or "
            "download the directory and pass its path."
        ) from error


def _failed(handle, error):
    """The error to raise when a hub's client failed."""
    if type(error).__name__ in ("LocalEntryNotFoundError", "OfflineModeIsEnabled"):
        return ConnectionError(f"'{handle}' is not cached, and there is no network: {error}")
    return OSError(f"'{handle}' could not be fetched: {type(error).__name__}: {error}")


def fetch_hugging_face(handle, sha256=None):
    """The files of `hf://organisation/model` or `hf://organisation/model@revision`."""
    name, _, revision = handle.removeprefix("hf://").partition("@")
    if len([part for part in name.split("/") if part]) != 2:
        raise ValueError(
            "A Hugging Face handle must be hf://organisation/model, with @revision if need be. "
            f"Correct it. Received: {handle!r}"
        )
    client = _client("huggingface_hub", handle)
    try:
        directory = client.snapshot_download(
            repo_id=name, revision=revision or None, allow_patterns=_PATTERNS
        )
    except Exception as error:  # the client's own errors share no base class
        raise _failed(handle, error) from error
    # Its cache keeps <repository>/snapshots/<revision>/<link> -> <repository>/blobs/<content>.
    snapshot = Path(directory)
    linked = snapshot.parent.name == "snapshots"
    return PresetFiles(snapshot, handle, sha256, snapshot.parent.parent if linked else None)


def fetch_kaggle(handle, sha256=None):
    """The files of `kaggle://organisation/model/framework/variation[/version]`."""
    name = handle.removeprefix("kaggle://")
    if len([part for part in name.split("/") if part]) not in (4, 5):
        raise ValueError(
            "A Kaggle handle must be kaggle://organisation/model/framework/variation[/version]. "
            f"Correct it. Received: {handle!r}"
        )
    client = _client("kagglehub", handle)
    try:
        directory = client.model_download(name)
    except Exception as error:  # the client's own errors share no base class
        raise _failed(handle, error) from error
    return PresetFiles(directory, handle, sha256)
