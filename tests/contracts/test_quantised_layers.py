"""Layers quantise and reload. Keras collects garbage at each step: here none of other tests."""

import keras
import numpy as np
import pytest

from keras_gt.testing import assert_close
from tests.layers.compiled import run
from tests.layers.examples import EXAMPLES
from tests.layers.functional import functional_model, results

QUANTISED = ["attention", "edge_attention", "block", "feed_forward", "head_mlp", "gatv2_edges"]


@pytest.mark.filterwarnings("ignore:Layer .* does not have a `quantize` method")
@pytest.mark.parametrize("name", QUANTISED)
def test_int8_quantises_and_reloads(name, tmp_path):
    keras.utils.set_random_seed(5)
    example = EXAMPLES[name]
    model, arrays = functional_model(example.make(), example)
    before = results(run(model, arrays))
    model.quantize("int8")
    found = results(run(model, arrays))
    for one, other in zip(before, found, strict=True):
        assert_close(other, one, 0.1, name="int8")
        assert np.abs(one - other).max() > 0
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for one, other in zip(found, results(run(loaded, arrays)), strict=True):
        assert_close(other, one, 1e-6, name="reloaded")
