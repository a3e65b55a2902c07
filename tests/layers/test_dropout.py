"""Dropout by itself and on attention weights: the right share, and a new mask each step."""

import keras
import numpy as np
import pytest

from keras_gt import layers
from tests.layers.compiled import compiled

SIZE, RATE = 997, 0.4
LIMIT = 5 / np.sqrt(4 * SIZE)  # five standard deviations of a sample correlation


def correlation(first, second):
    return abs(np.corrcoef(first.ravel(), second.ravel())[0, 1])


def check_masks(masks):
    """Masks (steps, entries, columns) of zeros and 1 / (1 - rate)."""
    assert np.allclose(masks * (masks - 1 / (1 - RATE)), 0, atol=1e-4)
    assert abs((masks > 0).mean() - (1 - RATE)) < 5 / np.sqrt(masks.size)
    for step in range(1, len(masks)):
        assert correlation(masks[0], masks[step]) < LIMIT
        assert correlation(masks[0][:, 0], masks[step][:, 0]) < 2 * LIMIT
        assert correlation(masks[0][1:], masks[step][:-1]) < LIMIT  # nor shifted by one
    assert correlation(masks[0][:, 0], masks[0][:, 1]) < 2 * LIMIT


def test_masks_of_consecutive_steps():
    ones = np.ones((SIZE, 4), "float32")
    layer = layers.Dropout(RATE, seed=1)
    function = compiled(layer, training=True)
    masks = [keras.ops.convert_to_numpy(function(ones)) for _ in range(3)]
    check_masks(np.stack(masks))
    again = compiled(layers.Dropout(RATE, seed=1), training=True)
    assert np.array_equal(keras.ops.convert_to_numpy(again(ones)), masks[0])
    other = compiled(layers.Dropout(RATE, seed=77), training=True)
    other = keras.ops.convert_to_numpy(other(ones))
    assert correlation(other, masks[0]) < LIMIT


def test_nothing_is_dropped_at_inference_or_at_rate_zero():
    ones = np.ones((3, 4), "float32")
    for layer, training in ((layers.Dropout(RATE, seed=1), False), (layers.Dropout(0.0), True)):
        assert np.array_equal(keras.ops.convert_to_numpy(layer(ones, training=training)), ones)


@pytest.mark.parametrize("planned", [False, True], ids=["sparse", "plan"])
@pytest.mark.parametrize("kind", ["gat", "gatv2", "attention"])
def test_attention_masks_of_consecutive_steps(kind, planned):
    """On a ring each node reads one other with weight 1: the result shows the mask."""
    keras.utils.set_random_seed(3)
    if kind == "attention":
        layer = layers.MultiHeadAggregation(4, 1, dropout=RATE, use_bias=False, seed=5)
    else:
        layer = layers.GraphAttention(4, 1, kind, dropout=RATE, use_bias=False, seed=5)
    nodes = np.arange(SIZE, dtype="int32")
    edges = {"senders": np.roll(nodes, 1)[None], "receivers": nodes[None]}
    if planned:
        edges["receiver_offsets"] = np.arange(SIZE + 1, dtype="int32")[None]
        edges["sender_offsets"] = edges["receiver_offsets"]
        edges["sender_order"] = np.roll(nodes, -1)[None]
    features = np.random.default_rng(0).uniform(1, 2, (1, SIZE, 1)).astype("float32")

    calm, train = compiled(layer), compiled(layer, training=True)
    whole, *dropped = (
        keras.ops.convert_to_numpy(call(features, edges))[0] for call in (calm, train, train)
    )
    check_masks(np.stack(dropped) / whole)


def test_rates_outside_their_range_are_refused():
    with pytest.raises(ValueError, match=r"rate must be in \[0, 1\)"):
        layers.Dropout(1.0)
