"""The wheel and the sdist work outside the checkout, zoo included. Nothing is downloaded for it."""

import json
import os
import pathlib
import subprocess
import sys
import tarfile

import pytest

ROOT = pathlib.Path(__file__).parent.parent
FOLDERS = ("keras_gt", "zoo", "tests", "examples", "notebooks", "benchmarks", "docs")
LOAD = """
import json, pathlib, sys
import keras_gt
home = pathlib.Path(sys.argv[1]).resolve()
assert home in pathlib.Path(keras_gt.__file__).resolve().parents, keras_gt.__file__
presets = keras_gt.presets.list_presets()
name = min(presets, key=lambda name: presets[name]["size"])
model = getattr(keras_gt.models, presets[name]["class_name"]).from_preset(name)
sample = keras_gt.presets.open_preset(name).path("sample.npz")
print(json.dumps([sorted(presets), keras_gt.presets.check_sample(model, sample)]))
"""


def run(*arguments, cwd, path=""):
    environment = {key: value for key, value in os.environ.items() if key != "KERAS_GT_ZOO"}
    result = subprocess.run(
        [str(argument) for argument in arguments],
        cwd=cwd,
        env={**environment, "PYTHONPATH": str(path)},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    return result.stdout


def source_files(*folders):
    """The files of these folders that belong to the project, relative to its root."""
    found = {
        path.relative_to(ROOT)
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    hidden = {path for path in found if any(p[0] == "." or p == "__pycache__" for p in path.parts)}
    return {path.as_posix() for path in found - hidden}


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    """Where keras_gt lies: the checkout, the unpacked sdist, the wheel built from that sdist."""
    built = tmp_path_factory.mktemp("built")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", built, ROOT, cwd=built)
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        archive.extractall(built / "unpacked", filter="data")
    wheel = built / "installed"
    install = (sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps")
    run(*install, "--target", wheel, next(built.glob("*.whl")), cwd=built)
    return {
        "checkout": ROOT,
        "sdist": next((built / "unpacked").iterdir()),
        "wheel": wheel,
        "elsewhere": built,
    }


@pytest.mark.parametrize("home", ["checkout", "sdist", "wheel"])
def test_presets_are_listed_and_loaded_from(home, homes):
    arguments = (sys.executable, "-c", LOAD, homes[home])
    output = run(*arguments, cwd=homes["elsewhere"], path=homes[home])
    names, difference = json.loads(output.splitlines()[-1])
    folders = {path.parent.name for path in (ROOT / "zoo").glob("*/metadata.json")}
    assert set(names) == folders
    assert difference < 1e-4


def test_sdist_holds_what_it_takes_to_build_and_test(homes):
    top = {"pyproject.toml", "Makefile", "constraints.txt", "README.md", "LICENSE", "CHANGELOG.md"}
    expected = source_files(*FOLDERS) | top
    assert not {name for name in expected if not (homes["sdist"] / name).is_file()}


def test_wheel_holds_the_package_the_zoo_and_nothing_else(homes):
    expected = source_files("keras_gt")
    expected |= {f"keras_gt/{name}" for name in source_files("zoo")}
    assert not {name for name in expected if not (homes["wheel"] / name).is_file()}
    assert "keras_gt/py.typed" in expected
    found = {path.name.split("-")[0] for path in homes["wheel"].iterdir()} - {"bin"}
    assert found == {"keras_gt"}


def test_command_line_is_installed(homes):
    command = (sys.executable, homes["wheel"] / "bin" / "keras-gt", "list", "--json")
    output = run(*command, cwd=homes["elsewhere"], path=homes["wheel"])
    assert json.loads(output)
