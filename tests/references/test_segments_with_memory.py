"""A sequence read segment by segment with a memory is the sequence read at once."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_gt.graph.builders import causal, causal_memory
from keras_gt.layers import MultiHeadAggregation
from keras_gt.testing import assert_close
from tests.layers.compiled import compiled
from tests.ops.backend_gradients import value_and_gradients

SEGMENT, WIDTH = 5, 6
LENGTH = 2 * SEGMENT
FEATURES = np.random.default_rng(7).normal(size=(1, LENGTH, WIDTH)).astype("float32")
BEFORE, AFTER = FEATURES[:, :SEGMENT], FEATURES[:, SEGMENT:]


@pytest.fixture(scope="module")
def layers():
    keras.utils.set_random_seed(9)
    made = [MultiHeadAggregation(2, 3, output_dim=WIDTH, use_root_weight=True) for _ in range(2)]
    for layer in made:
        layer.build(FEATURES.shape)
    return made


def as_edges(pair):
    return {"senders": pair[0][None], "receivers": pair[1][None]}


class Segment:
    """A layer on a segment (B, n, F) with (B, m, F) remembered."""

    def __init__(self, layer, span=None):
        self.layer, self.span = layer, span

    def __call__(self, nodes, memory):
        edges = as_edges(causal_memory(nodes.shape[1], memory.shape[1], self.span))
        everyone = ops.concatenate([ops.stop_gradient(memory), nodes], axis=1)
        return self.layer(nodes, edges, sender_features=everyone)


def in_segments(layers, memory_size, span=None):
    """Both segments through all layers; each layer remembers what it read."""
    before, after = ops.convert_to_tensor(BEFORE), ops.convert_to_tensor(AFTER)
    for layer in layers:
        read = compiled(Segment(layer, span))
        remembered = before[:, -memory_size:]
        before, after = read(before, before[:, :0]), read(after, remembered)
    return ops.concatenate([before, after], axis=1)


def at_once(layers, pair):
    nodes = ops.convert_to_tensor(FEATURES)
    for layer in layers:
        nodes = compiled(layer)(nodes, as_edges(pair))
    return nodes


def test_with_everything_remembered_it_is_one_causal_pass(layers):
    assert_close(in_segments(layers, SEGMENT), at_once(layers, causal(LENGTH)))


def test_a_memory_as_long_as_the_span_loses_nothing(layers):
    span = 4  # shorter than a segment
    expected = at_once(layers, causal_memory(LENGTH, 0, span))
    assert_close(in_segments(layers, span - 1, span), expected)


def test_gradients_end_at_the_segment(layers):
    """In one layer a segment's own gradient is that of the long pass; the memory's is 0."""
    upstream = np.random.default_rng(1).normal(size=AFTER.shape).astype("float32")
    arrays = {"nodes": AFTER, "memory": BEFORE}

    def long_pass(nodes, memory):
        both = ops.concatenate([memory, nodes], axis=1)
        return layers[0](both, as_edges(causal(LENGTH)))[:, SEGMENT:]

    expected_value, expected = value_and_gradients(long_pass, arrays, upstream)
    value, found = value_and_gradients(Segment(layers[0]), arrays, upstream)
    assert_close(value, expected_value)
    assert_close(found["nodes"], expected["nodes"])
    assert not found["memory"].any() and expected["memory"].any()
