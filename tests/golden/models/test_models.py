"""The same weights give the same outputs, and train to the same losses, on every backend."""

import numpy as np
import pytest

from keras_gt.models import GraphRegressor
from keras_gt.presets.sample import read_sample
from keras_gt.testing import assert_close
from tests.golden.models.make_models import FOLDER, STEPS, build, train
from tests.models.small_models import TASKS, assert_file_restores, outputs


def stored(name):
    with np.load(FOLDER / f"{name}.npz") as archive:
        arrays = {key: archive[key] for key in archive.files}
    inputs = {key.removeprefix("inputs/"): array for key, array in arrays.items() if "/" in key}
    weights = [arrays[key] for key in sorted(arrays) if key.startswith("weights/")]
    inputs = {key: array for key, array in inputs.items() if not key.startswith("weights/")}
    return arrays, inputs, weights


@pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer")  # not fitted yet
@pytest.mark.parametrize("name", TASKS)
def test_outputs_files_and_twenty_training_steps(tmp_path, name):
    arrays, inputs, weights = stored(name)
    model = build(name)
    model.set_weights(weights)
    expected = arrays["outputs"]
    assert np.ptp(expected) > 0.05
    assert np.abs(outputs(model, inputs) - expected).max() <= 1e-4 * np.abs(expected).max()
    assert model.dtype_policy.name == "float32"
    assert_file_restores(model, inputs, tmp_path / "model.keras")
    losses = train(model, inputs, arrays["labels"])
    assert losses.shape == (STEPS,)
    assert losses[-1] < losses[0]
    assert_close(losses, arrays["losses"], tolerance=1e-4)


@pytest.mark.parametrize("writer", ["jax", "tensorflow", "torch"])
def test_presets_of_every_backend(writer):
    folder = FOLDER / f"preset_{writer}"
    inputs, expected = read_sample(folder / "sample.npz")
    assert np.ptp(expected["0"]) > 0.1
    model = GraphRegressor.from_preset(str(folder))
    assert_close(outputs(model, inputs), expected["0"], tolerance=1e-5)


def test_golden_files_are_small():
    sizes = {path.name: path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()}
    assert max(sizes.values()) < 100_000, sizes
