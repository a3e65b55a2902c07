import keras
import numpy as np
import pytest

from keras_gt.layers import (
    EdgeAttention,
    FeedForward,
    MultiHeadAggregation,
    TransformerGraphBlock,
)
from keras_gt.testing import assert_close, random_graph_inputs
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


@pytest.mark.parametrize("residual", ["post", "pre"])
def test_a_last_block_leaves_the_edges_out(residual):
    block = TransformerGraphBlock(
        EdgeAttention(2, 3, output_dim=5),
        FeedForward(7),
        residual=residual,
        edge_feed_forward=FeedForward(7),
    )
    inputs = random_graph_inputs(num_edge_features=5)
    nodes, features = inputs["node_features"], inputs["edge_features"]
    edges = {"senders": inputs["senders"], "receivers": inputs["receivers"]}
    expected, _, scores = compiled(block, return_attention_scores=True)(nodes, edges, features)
    assert_close(compiled(block, update_edges=False)(nodes, edges, features), expected)
    given = [keras.tree.map_structure(tensor_of, x) for x in (nodes, edges, features)]
    found = block(*given, update_edges=False, return_attention_scores=True)
    for one, other in zip(found, (expected, scores), strict=True):
        assert_close(one, other)


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
