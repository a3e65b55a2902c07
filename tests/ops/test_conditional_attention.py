"""Attention with states made from the features of pairs: the fast paths against the steps."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.ops import rows
from keras_gt.ops.conditional_attention import (
    attention_in_steps,
    conditional_attention,
    signed_root,
)
from tests.ops.backend_gradients import tensor_of, to_numpy, value_and_gradients
from tests.ops.test_fast_paths import assert_close, flatten

HEADS, SIZE, FEATURES, CLAMP = 2, 3, 5, 1.5
WIDTH = HEADS * SIZE


def random_arrays(shape, generator, bias=True, dtype="float32"):
    """Arrays with |(q_i + k_j) s_ij| far from 0, where the gradient of the root has no bound."""
    batch, receivers, senders = shape
    far = np.sign(generator.normal(size=WIDTH)) * 2
    arrays = {
        "query": 1 + generator.random((batch, receivers, WIDTH)),
        "key": 1 + generator.random((batch, senders, WIDTH)),
        "value": generator.normal(size=(batch, senders, WIDTH)),
        "features": generator.normal(size=(*shape, FEATURES)),
        "kernel": generator.normal(size=(1, FEATURES, 2 * WIDTH)) * 0.1,
        "vector": generator.normal(size=(1, HEADS, SIZE)),
    }
    if bias:
        arrays["bias"] = np.concatenate([far, generator.normal(size=WIDTH)])[None]
    else:
        arrays["features"][..., 0] = 1
        arrays["kernel"][0, 0, :WIDTH] = far
    return {name: array.astype(dtype) for name, array in arrays.items()}


def results_of(arrays, mask, factor, in_steps):
    """(sums of values, sums of states, states), the weights' axis of 1 taken away."""
    query, key, value, features = (arrays[k] for k in ("query", "key", "value", "features"))
    kernel, vector = arrays["kernel"][0], arrays["vector"][0]
    bias = arrays["bias"][0] if "bias" in arrays else None
    edge_set = graph_ops.resolve_edges(mask, query, key)
    if in_steps:
        (joined,) = rows.linears(features, [kernel], [bias])
        return attention_in_steps(
            edge_set, query, key, value, joined, vector, CLAMP, factor=factor
        )[:3]
    return conditional_attention(
        edge_set, query, key, value, features, kernel, bias, vector, CLAMP, factor=factor
    )[:3]


def compare(shape, mask=None, bias=True, dropout=False, compiled=True, tolerance=3e-6):
    generator = np.random.default_rng(1)
    arrays = random_arrays(shape, generator, bias)
    batch, receivers, senders = shape
    factor = None
    if dropout:
        keep = generator.random((batch, HEADS, receivers, senders)) > 0.3
        factor = tensor_of((keep / 0.7).astype("float32"))
    mask = None if mask is None else tensor_of(mask)
    size = receivers * (2 + senders) * WIDTH
    upstream = generator.normal(size=(batch, size)).astype("float32")

    def call(in_steps):
        def joined(**given):
            results = results_of(given, mask, factor, in_steps)
            return ops.concatenate([ops.reshape(x, (batch, -1)) for x in results], axis=1)

        return value_and_gradients(joined, arrays, upstream, compiled)

    fast, slow = call(False), call(True)
    assert_close(flatten(*fast), flatten(*slow), tolerance)
    return fast


def real_nodes(counts, size):
    """(B, N, N): the pairs of the first nodes of each row."""
    real = np.arange(size) < np.array(counts)[:, None]
    return real[:, :, None] & real[:, None, :]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("dropout", [True, False])
def test_all_pairs_equal_the_steps(bias, dropout):
    compare((3, 4, 4), bias=bias, dropout=dropout)


def test_pairs_of_real_nodes_equal_the_steps():
    value, gradients = compare((5, 7, 7), real_nodes([3, 7, 1, 5, 0], 7), dropout=True)
    assert np.all(gradients["features"][4] == 0)  # no node of the last graph is real
    assert np.all(value[4] == 0)


def test_an_adjacency_equals_the_steps_and_an_empty_receiver_reads_0():
    mask = np.random.default_rng(0).random((2, 5, 6)) < 0.5
    mask[0, 1] = False
    value, gradients = compare((2, 5, 6), mask)
    values, states = value[0, : 5 * WIDTH].reshape(5, -1), value[0, 10 * WIDTH :]
    assert np.all(values[1] == 0)
    assert np.all(states.reshape(5, 6, WIDTH)[~mask[0]] == 0)
    assert np.all(gradients["features"][~mask] == 0)


def test_no_sender():
    value, _ = compare((2, 3, 0))
    assert np.all(value == 0)


def test_one_node_and_eager_mode():
    compare((1, 1, 1))
    compare((3, 4, 4), real_nodes([2, 4, 3], 4), compiled=False)


@pytest.mark.parametrize("shape", [(2, 211, 190), (2, 256, 192), (60, 30, 30)])
def test_more_pairs_than_two_blocks_hold(shape):
    mask = np.random.default_rng(0).random(shape) < 0.9
    mask[:, shape[1] // 2 :] = False
    mask[0, :, 100:] = False
    compare(shape, mask, tolerance=2e-5)


def test_a_row_of_more_pairs_than_two_blocks_hold():
    compare((1, 620, 190), tolerance=2e-5)


def test_half_types_keep_their_type_and_are_summed_in_float32():
    arrays = random_arrays((1, 3, 4096), np.random.default_rng(0))
    arrays["value"][:] = 1
    arrays = {name: tensor_of(array.astype("float16")) for name, array in arrays.items()}
    for result in results_of(arrays, None, None, in_steps=False):
        assert keras.backend.standardize_dtype(result.dtype) == "float16"
    values = to_numpy(results_of(arrays, None, None, in_steps=False)[0])
    np.testing.assert_allclose(values, 1, rtol=2e-3)


def test_an_attention_bias_is_added_and_weights_come_on_request():
    arrays = random_arrays((2, 3, 4), np.random.default_rng(0))
    tensors = {name: tensor_of(array) for name, array in arrays.items()}
    query, key, value, features = (tensors[k] for k in ("query", "key", "value", "features"))
    edge_set = graph_ops.resolve_edges(None, query, key)
    bias = np.zeros((2, HEADS, 3, 4), "float32")
    bias[..., 1] = 100
    rest = (features, tensors["kernel"][0], tensors["bias"][0], tensors["vector"][0], CLAMP)
    values, _, _, weights = conditional_attention(
        edge_set, query, key, value, *rest, attention_bias=tensor_of(bias), return_weights=True
    )
    expected = np.broadcast_to(arrays["value"][:, 1:2], (2, 3, WIDTH))
    np.testing.assert_allclose(to_numpy(values), expected, rtol=1e-5)
    np.testing.assert_allclose(to_numpy(weights), bias / 100, atol=1e-6)


def test_the_signed_root_has_no_infinite_gradient():
    x = np.array([-4.0, 0.0, 0.25], "float32")

    def root(x):
        return signed_root(ops.convert_to_tensor(x))

    value, gradients = value_and_gradients(root, {"x": x}, np.ones(3, "float32"))
    np.testing.assert_allclose(value, [-2, 0, 0.5], rtol=1e-6)
    np.testing.assert_allclose(gradients["x"], [0.25, 0, 1], rtol=1e-6)


def test_features_of_0_have_gradient_0_as_in_steps():
    """Where the scale is 0 the root has no slope, and its gradient is 0."""
    generator = np.random.default_rng(2)
    arrays = random_arrays((1, 3, 3), generator)
    arrays["features"][:, :, 1] = 0
    arrays["bias"][:] = 0
    upstream = generator.normal(size=(1, 3, 3, WIDTH)).astype("float32")
    fast, slow = (
        value_and_gradients(
            lambda in_steps=in_steps, **given: results_of(given, None, None, in_steps)[2],
            arrays,
            upstream,
        )
        for in_steps in (False, True)
    )
    assert np.all(np.isfinite(fast[1]["features"]))
    assert_close(flatten(*fast), flatten(*slow), 1e-5)
