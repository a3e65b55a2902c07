import keras
import numpy as np
import pytest

from keras_gt.layers import PredictionHead
from tests.layers.compiled import compiled

NODES = np.random.default_rng(0).normal(size=(2, 7, 8)).astype("float32")


def test_scale_and_offset_give_the_label_its_unit():
    head = PredictionHead(None, "none", scale=[2.0], offset=[1.0])
    assert np.allclose(keras.ops.convert_to_numpy(compiled(head)(NODES)), 2 * NODES + 1, atol=1e-6)


def test_results_are_float32_whatever_the_policy():
    head = PredictionHead(3, "mlp", dtype="mixed_bfloat16")
    assert keras.backend.standardize_dtype(compiled(head)(NODES).dtype) == "float32"


def test_padding_is_left_out_of_losses():
    mask = np.arange(7) < np.array([[5], [3]])
    inputs = keras.Input((7, 8), name="nodes"), keras.Input((7,), dtype="bool", name="mask")
    model = keras.Model(inputs, PredictionHead(1)(inputs[0], mask=inputs[1]))
    loss = keras.losses.MeanAbsoluteError(reduction="mean_with_sample_weight")
    model.compile(loss=loss)
    targets = np.zeros((2, 7, 1))
    found = model.evaluate([NODES, mask], targets, verbose=0)
    predictions = model.predict([NODES, mask], verbose=0)[..., 0]
    assert found == pytest.approx(np.abs(predictions[mask]).mean(), rel=1e-5)


def test_errors():
    with pytest.raises(ValueError, match="kind must be one of"):
        PredictionHead(2, "deep")
    with pytest.raises(ValueError, match="units must be the width of the features"):
        PredictionHead(2, "none").build((1, 3, 4))
