"""What `import keras_gt` loads: no optional package, no second backend. In a fresh process."""

import json
import os
import pathlib
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).parent.parent
OPTIONAL = {"scipy", "pooch", "networkx", "matplotlib", "rdkit", "keras_hub"}
BACKENDS = {"jax", "tensorflow", "torch"}
SCRIPT = """
import importlib, json, sys
import keras
before = set(sys.modules)
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
    print(json.dumps(sorted({name.split(".")[0] for name in set(sys.modules) - before})))
"""
FOLDERS = sorted(path.parent.name for path in (ROOT / "keras_gt").glob("*/__init__.py"))


def newly_imported(names):
    """One set for each name: the packages that it and those before it load."""
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(names)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return [set(json.loads(line)) for line in result.stdout.splitlines()[-len(names) :]]


def test_importing_loads_no_optional_package_and_no_second_backend():
    names = ["keras_gt", *(f"keras_gt.{folder}" for folder in FOLDERS)]
    for name, found in zip(names, newly_imported(names), strict=True):
        assert "keras_gt" in found
        assert not found & (OPTIONAL | BACKENDS), name


def test_python_versions_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = [
        classifier.rsplit(" ", 1)[1]
        for classifier in project["classifiers"]
        if classifier.startswith("Programming Language :: Python :: 3.")
    ]
    assert versions == ["3.11", "3.12", "3.13"]
    assert project["requires-python"] == ">=3.11,<3.14"


def test_version_is_the_package_version():
    import keras_gt

    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"version: {keras_gt.__version__}\n" in citation
    assert f"## [{keras_gt.__version__}]" in changelog
