"""Every layer gives the numbers of its golden file, whatever backend wrote it."""

import numpy as np
import pytest

from tests.golden.golden_files import (
    FOLDER,
    fresh_layer,
    golden_path,
    named_weights,
    outputs_of,
    unflatten,
)
from tests.layers.compiled import compiled
from tests.layers.examples import EXAMPLES


@pytest.mark.parametrize("name", EXAMPLES)
def test_golden(name):
    path = golden_path(name)
    assert path.exists(), f"{path.name} is missing: write it with tests/golden/make_golden.py"
    assert path.stat().st_size < 100_000
    with np.load(path) as file:
        arrays = dict(file)
    arguments = unflatten(arrays)
    layer = fresh_layer(name, arguments)
    variables = named_weights(layer)
    stored = {key for key in arrays if key.startswith("weight/")}
    assert stored == {f"weight/{key}" for key in variables}
    for key, variable in variables.items():
        variable.assign(arrays[f"weight/{key}"])
    found = outputs_of(compiled(layer)(**arguments))
    expected = [arrays[key] for key in sorted(arrays) if key.startswith("output/")]
    assert len(found) == len(expected) > 0
    for one, other in zip(found, expected, strict=True):
        assert one.shape == other.shape and np.isfinite(one).all()
        one, other = one.astype("float64"), other.astype("float64")
        assert np.abs(one - other).max() <= 1e-5 * np.abs(other).max()


def test_no_golden_file_is_left_over():
    assert {path.stem for path in FOLDER.glob("*.npz")} <= set(EXAMPLES)
