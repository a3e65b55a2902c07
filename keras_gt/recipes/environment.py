"""What a run record says about where it was made."""

import datetime
import importlib.metadata
import platform
import shutil
import subprocess
from pathlib import Path

import keras

_PACKAGES = ("keras", "numpy", "scipy", "rdkit")
_BACKEND_PACKAGES = {"jax": ("jax", "jaxlib"), "tensorflow": ("tensorflow",), "torch": ("torch",)}


def describe_environment():
    """Returns the commit, backend, versions, machine and date of a run, a dict of plain values."""
    backend = keras.config.backend()
    return {
        "commit": commit(),
        "backend": backend,
        "versions": {"python": platform.python_version(), **_versions(backend)},
        "machine": platform.machine(),
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }


def commit():
    """The commit of the checkout this package runs from; None outside of one."""
    root = Path(__file__).resolve().parents[2]
    git = shutil.which("git")
    if git is None or not (root / ".git").exists():
        return None
    command = [git, "-C", str(root), "rev-parse", "HEAD"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return found.stdout.strip() or None


def _versions(backend):
    from keras_gt import __version__

    versions = {"keras_gt": __version__}
    for package in (*_PACKAGES, *_BACKEND_PACKAGES.get(backend, ())):
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            versions[package] = None
    return {package: version for package, version in versions.items() if version}
