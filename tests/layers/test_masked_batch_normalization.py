import keras
import numpy as np
import pytest
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.layers import MaskedBatchNormalization
from tests.layers.compiled import compiled
from tests.ops.backend_gradients import tensor_of, value_and_gradients

EPSILON = 1e-5


def reference(x, mask, scale, offset, upstream):
    """Float64 forward and gradients of batch norm over the real rows, from the paper."""
    x, scale, offset, upstream = (np.asarray(a, "float64") for a in (x, scale, offset, upstream))
    result, by_x = np.zeros_like(x), np.zeros_like(x)
    real, g = x[mask], upstream[mask]
    mean, variance = real.mean(0), real.var(0)
    inverse = 1 / np.sqrt(variance + EPSILON)
    centred = (real - mean) * inverse
    result[mask] = centred * scale + offset
    by_x[mask] = scale * inverse * (g - g.mean(0) - centred * (g * centred).mean(0))
    gradients = {"x": by_x, "scale": (g * centred).sum(0), "offset": g.sum(0)}
    return result, gradients


def arrays(seed=0, rows=23, width=5):
    normal = np.random.default_rng(seed).normal
    return {
        "x": normal(3, 2, size=(rows, width)).astype("float32"),
        "scale": normal(size=width).astype("float32"),
        "offset": normal(size=width).astype("float32"),
    }, normal(size=(rows, width)).astype("float32")


@pytest.mark.parametrize("share", [0.0, 0.3], ids=["all real", "some masked"])
def test_forward_statistics_and_gradients_equal_float64(share):
    given, upstream = arrays()
    mask = np.random.default_rng(1).random(23) >= share
    given["x"][~mask] = np.nan  # what stands in masked rows never counts
    value, gradients = value_and_gradients(
        lambda x, scale, offset: graph_ops.batch_norm(x, tensor_of(mask), scale, offset, EPSILON)[
            0
        ],
        given,
        upstream,
        compiled=keras.backend.backend() != "tensorflow",  # the mask has a static size
    )
    expected, expected_gradients = reference(
        given["x"], mask, given["scale"], given["offset"], upstream
    )
    assert np.allclose(value, expected, atol=2e-5)
    for name, gradient in expected_gradients.items():
        assert np.allclose(gradients[name], gradient, atol=5e-5), name


def test_nothing_real_gives_zeros_and_zero_gradients():
    given, upstream = arrays()
    value, gradients = value_and_gradients(
        lambda x, scale, offset: graph_ops.batch_norm(
            x, tensor_of(np.zeros(23, bool)), scale, offset, EPSILON
        )[0],
        given,
        upstream,
        compiled=keras.backend.backend() != "tensorflow",  # the mask has a static size
    )
    assert not value.any()
    assert not any(gradient.any() for gradient in gradients.values())


@pytest.mark.parametrize("shape", [(2, 9, 4), (2, 3, 3, 4)], ids=["nodes", "dense edges"])
def test_it_is_keras_layer_on_the_real_entries(shape):
    generator = np.random.default_rng(0)
    x = generator.normal(1, 3, size=shape).astype("float32")
    mask = generator.random(shape[:-1]) < 0.7
    layer = MaskedBatchNormalization(momentum=0.8)
    known = keras.layers.BatchNormalization(momentum=0.8, epsilon=EPSILON)
    for training in (True, True, False):
        result = ops.convert_to_numpy(compiled(layer, training=training)(x, mask=mask))
        expected = ops.convert_to_numpy(compiled(known, training=training)(x[mask]))
        assert np.allclose(result[mask], expected, atol=1e-5)
    for ours, theirs in zip(layer.weights, known.weights, strict=True):
        assert ours.name == theirs.name
        assert np.allclose(ops.convert_to_numpy(ours), ops.convert_to_numpy(theirs), atol=1e-5)


def test_a_frozen_norm_keeps_its_statistics():
    layer = MaskedBatchNormalization()
    x = np.random.default_rng(0).normal(size=(1, 6, 3)).astype("float32")
    layer.build(x.shape)
    layer.trainable = False
    assert np.allclose(ops.convert_to_numpy(compiled(layer, training=True)(x)), x, atol=1e-4)


def test_bfloat16_statistics_are_float32():
    layer = MaskedBatchNormalization(dtype="mixed_bfloat16")
    x = np.random.default_rng(0).normal(100, 1, size=(1, 500, 2)).astype("float32")
    result = layer(ops.cast(x, "bfloat16"), training=True)
    assert keras.backend.standardize_dtype(result.dtype) == "bfloat16"
    rounded = ops.convert_to_numpy(ops.cast(ops.cast(x, "bfloat16"), "float32"))[0]
    spread = ops.convert_to_numpy(ops.cast(result, "float32"))[0].std(0)
    assert np.allclose(spread, 1, atol=0.02) and rounded.std() > 0


def test_another_width_is_an_error():
    layer = MaskedBatchNormalization()
    layer(np.ones((1, 2, 3), "float32"))
    with pytest.raises(ValueError, match="axis -1"):
        layer(np.ones((1, 2, 4), "float32"))
