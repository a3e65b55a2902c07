import keras
import numpy as np
import pytest

from keras_gt.layers import FeedForward, MultiHeadAggregation, TransformerGraphBlock
from keras_gt.testing import assert_close
from tests.layers.compiled import compiled
from tests.ops.backend_gradients import tensor_of


def test_errors():
    aggregation = MultiHeadAggregation(1, 4)
    with pytest.raises(ValueError, match="edge_feed_forward must go with an aggregation that"):
        TransformerGraphBlock(aggregation, edge_feed_forward=FeedForward(3))
    with pytest.raises(ValueError, match="residual must be one of"):
        TransformerGraphBlock(aggregation, residual="gate")
    with pytest.raises(ValueError, match="normalization must be one of"):
        TransformerGraphBlock(aggregation, normalization="group")


@pytest.mark.parametrize("residual", ["post", "pre", "none"])
@pytest.mark.parametrize("feed_forward", [None, 13])
def test_remembered_nodes_are_read_as_others(residual, feed_forward):
    feed_forward = FeedForward(feed_forward) if feed_forward else None
    block = TransformerGraphBlock(
        MultiHeadAggregation(2, 3, output_dim=7), feed_forward, residual=residual
    )
    nodes = tensor_of(np.random.default_rng(0).normal(size=(2, 5, 7)).astype("float32"))
    causal = tensor_of(np.broadcast_to(np.tri(5, dtype=bool), (2, 5, 5)))
    expected = keras.ops.convert_to_numpy(compiled(block)(nodes, causal))

    def one_by_one(nodes):
        keys = values = keras.ops.zeros((2, 0, 2, 3))
        for place in range(5):
            here = slice(place, place + 1)
            reads = causal[:, here, : place + 1]
            found, *own = block.read_memory(nodes[:, here], keys, values, reads)
            pairs = zip((keys, values), own, strict=True)
            keys, values = (keras.ops.concatenate(pair, axis=1) for pair in pairs)
            yield found

    found = compiled(lambda nodes: [*one_by_one(nodes)], owner=block)(nodes)
    assert_close(np.concatenate([*map(keras.ops.convert_to_numpy, found)], axis=1), expected)
