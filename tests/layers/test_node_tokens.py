"""Nodes do not read each other, and what is refused."""

import keras
import pytest

from keras_gt.layers import EdgeAttention, MultiHeadAggregation, NodeTokens
from keras_gt.testing import assert_close
from tests.layers.compiled import compiled
from tests.layers.examples import TOKENS


def test_a_node_gets_what_it_gets_alone():
    layer = NodeTokens(MultiHeadAggregation(2, 3))
    function = compiled(layer)
    together = keras.ops.convert_to_numpy(function(TOKENS))
    assert_close(function(TOKENS[:, 4:5]), together[:, 4:5])
    assert_close(compiled(layer.block)(TOKENS[1]), together[1])


def test_blocks_with_edges_are_refused():
    with pytest.raises(ValueError, match="block must not update edges"):
        NodeTokens(EdgeAttention(2, 3))
