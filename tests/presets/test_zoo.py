import json
import os
import pathlib
import subprocess
import sys

import keras
import pytest

import keras_gt
from keras_gt.presets import check_sample, list_presets, open_preset, zoo
from keras_gt.presets.index import build_index
from keras_gt.presets.preset_format import hash_file
from keras_gt.presets.sample import TOLERANCE

SAMPLES = """
import json
import keras
import keras_gt.models
from keras_gt.presets import check_sample, list_presets, open_preset
assert keras.backend.backend() == "numpy"
worst = {}
for name, entry in list_presets().items():
    model = getattr(keras_gt.models, entry["class_name"]).from_preset(name)
    worst[name] = check_sample(model, open_preset(name).path("sample.npz"))
print(json.dumps(worst))
"""


def test_checkout_reads_the_zoo_beside_the_package():
    package = pathlib.Path(keras_gt.__file__).parent
    found = zoo.shipped_zoo()
    assert found in (package / "zoo", package.parent / "zoo")
    assert found.is_dir()


def test_installed_package_reads_its_own_zoo(tmp_path, monkeypatch):
    for inner in ("site/keras_gt/presets", "site/keras_gt/zoo"):
        (tmp_path / inner).mkdir(parents=True)
    monkeypatch.setattr(zoo, "__file__", str(tmp_path / "site/keras_gt/presets/zoo.py"))
    assert zoo.shipped_zoo() == tmp_path / "site/zoo"
    build_index(tmp_path / "site/keras_gt/zoo")
    assert zoo.shipped_zoo() == tmp_path / "site/keras_gt/zoo"


def test_every_file_of_the_shipped_zoo_is_what_its_index_says():
    for name, entry in zoo.installed_index().items():
        for file, expected in entry["files"].items():
            assert hash_file(zoo.shipped_zoo() / name / file) == expected, (name, file)


def test_index_entry(preset):
    content = build_index(preset.parent)
    assert json.loads((preset.parent / "index.json").read_text()) == content
    entry = content["presets"]["toy"]
    assert entry["class_name"] == "ToyClassifier"
    assert entry["dataset"] == "toys"
    assert entry["metric"]["runs"] == 2
    assert entry["metric"]["mean"] == 81.0
    assert entry["files"]["metadata.json"] == hash_file(preset / "metadata.json")
    assert entry["size"] == sum(path.stat().st_size for path in preset.iterdir())


def test_index_refuses_a_damaged_preset(preset, tmp_path):
    (preset / "config.json").write_text("{}")
    with pytest.raises(ValueError, match="config.json of .* must hold"):
        build_index(preset.parent)
    with pytest.raises(ValueError, match="`zoo` must be a directory"):
        build_index(tmp_path / "missing")


def test_index_from_the_command_line(preset):
    arguments = [sys.executable, "-W", "error", "-m", "keras_gt.presets.index", preset.parent]
    result = subprocess.run(arguments, capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("1 presets in")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "must have `format_version` 1"),
        ('{"format_version": 2, "presets": {}}', "must have `format_version` 1"),
        ('{"format_version": 1, "presets": {"a": {}}}', "must map each file"),
        (
            '{"format_version": 1, "presets": {"a": {"files": {"x": {"size": 1, "sha256": "%s"}}}}}'
            % ("0" * 64),
            "must hold the hash of every preset's metadata.json",
        ),
    ],
)
def test_wrong_index_is_refused(tmp_path, monkeypatch, content, message):
    (tmp_path / "index.json").write_text(content)
    monkeypatch.setenv("KERAS_GT_ZOO", str(tmp_path))
    with pytest.raises(ValueError, match=message):
        list_presets()


def test_importing_and_listing_needs_no_keras():
    code = (
        "import sys; from keras_gt import presets; presets.list_presets(); "
        "bad = {'keras', 'numpy', 'scipy', 'h5py', 'pooch'} & set(sys.modules); assert not bad, bad"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_every_shipped_preset_gives_its_stored_output_on_this_backend():
    import keras_gt.models

    worst = {}
    for name, entry in zoo.installed_index().items():
        model = getattr(keras_gt.models, entry["class_name"]).from_preset(name)
        worst[name] = check_sample(model, open_preset(name).path("sample.npz"))
    assert not {name: value for name, value in worst.items() if not value <= TOLERANCE}


if keras.backend.backend() == "torch":  # a process of its own, the same beside every backend

    def test_every_shipped_preset_gives_its_stored_output_on_numpy():
        environment = {**os.environ, "KERAS_BACKEND": "numpy"}
        arguments = [sys.executable, "-c", SAMPLES]
        result = subprocess.run(arguments, capture_output=True, text=True, env=environment)
        assert result.returncode == 0, result.stderr
        worst = json.loads(result.stdout.splitlines()[-1])
        assert set(worst) == set(zoo.installed_index())
        assert not {name: value for name, value in worst.items() if not value <= TOLERANCE}
