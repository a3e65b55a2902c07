"""Norm one, and what is refused."""

import keras
import numpy as np
import pytest

from keras_gt.layers import SimpleGlobalAttention
from keras_gt.testing import assert_close
from tests.layers.compiled import compiled
from tests.layers.examples import UNPACKED


@pytest.mark.parametrize("unit_norm", ["graph", "node"])
def test_the_length_of_queries_and_keys_does_not_matter(unit_norm):
    layer = SimpleGlobalAttention(2, 3, unit_norm=unit_norm)
    layer.build(UNPACKED["node_features"].shape)
    function = compiled(layer)
    expected = keras.ops.convert_to_numpy(function(**UNPACKED))
    layer.query.kernel.assign(layer.query.kernel * 7)
    layer.key.kernel.assign(layer.key.kernel * 0.1)
    found = keras.ops.convert_to_numpy(function(**UNPACKED))
    assert_close(found, expected, where=UNPACKED["node_mask"])


def test_a_node_alone_reads_itself():
    layer = SimpleGlobalAttention(1, 3)
    node = np.ones((1, 1, 5), "float32")
    found = compiled(layer)(node)
    assert_close(found, keras.ops.convert_to_numpy(compiled(layer.value)(node)))


def test_unfit_arguments_are_refused():
    with pytest.raises(ValueError, match="unit_norm must be one of"):
        SimpleGlobalAttention(1, 3, unit_norm="row")
    with pytest.raises(ValueError, match="num_heads must be a positive integer"):
        SimpleGlobalAttention(0, 3)
    with pytest.raises(ValueError, match="graph_mask must be given with graph_ids"):
        SimpleGlobalAttention(1, 3)(**UNPACKED, graph_ids=np.zeros((2, 11), "int32"))
