import keras
import numpy as np
import pytest

from keras_gt.layers import (
    EdgeAttention,
    FeedForward,
    MultiHeadAggregation,
    PersistentMemory,
    TransformerGraphBlock,
)
from keras_gt.testing import assert_close, random_graph_inputs
from tests.layers.compiled import compiled
from tests.layers.with_scores import WithScores, lists
from tests.references.layer_arrays import randomise

INPUTS = random_graph_inputs(edge_weights=False)
NODES, MASK = INPUTS["node_features"], INPUTS["node_mask"]
ROWS, SIZE = MASK.shape
MEMORY = 3


@pytest.fixture(scope="module")
def layer():
    keras.utils.set_random_seed(4)
    made = PersistentMemory(MultiHeadAggregation(2, 3, output_dim=7), MEMORY)
    made.build(NODES.shape)
    randomise(made)
    return made


def by_hand(layer, reads):
    """The aggregation alone, with scores, on a graph to which the memory nodes were added."""
    memory = np.tile(keras.ops.convert_to_numpy(layer.memory), (ROWS, 1, 1))
    everyone = np.concatenate([NODES, memory], axis=1)
    return compiled(WithScores(layer.aggregation))(NODES, reads, sender_features=everyone)


def test_it_is_attention_with_further_sources(layer):
    reads = np.zeros((ROWS, SIZE, SIZE + MEMORY), bool)
    row = np.arange(ROWS)[:, None]
    reads[row, INPUTS["receivers"], INPUTS["senders"]] |= INPUTS["edge_mask"]
    reads[:, :, SIZE:] = True
    expected, weights = by_hand(layer, reads)
    function = compiled(WithScores(layer))
    found, scores = function(NODES, lists(INPUTS))
    assert_close(found, expected)
    weights = np.moveaxis(keras.ops.convert_to_numpy(weights), 1, -1)
    expected_scores = weights[row, INPUTS["receivers"], INPUTS["senders"]]
    assert_close(scores, expected_scores, where=INPUTS["edge_mask"])
    dense, dense_scores = function(NODES, reads[:, :, :SIZE])
    assert_close(dense, expected)
    assert_close(compiled(layer)(NODES, {"adjacency": reads[:, :, :SIZE]}), expected)
    assert_close(np.moveaxis(keras.ops.convert_to_numpy(dense_scores), 1, -1), weights[:, :, :SIZE])


def test_the_complete_graph_reads_real_nodes_and_the_memory(layer):
    reads = np.concatenate([MASK, np.ones((ROWS, MEMORY), bool)], axis=1)
    expected, _ = by_hand(layer, np.repeat(reads[:, None], SIZE, axis=1))
    assert_close(compiled(layer)(NODES, node_mask=MASK), expected)
    everyone = np.ones((ROWS, SIZE, SIZE + MEMORY), bool)
    assert_close(compiled(layer)(NODES), by_hand(layer, everyone)[0])


def test_a_bias_and_weights_hold_for_the_given_edges(layer):
    edges, size = lists(INPUTS), INPUTS["senders"].shape[1]
    bias = np.random.default_rng(2).normal(size=(ROWS, size, 2)).astype("float32")
    dense = np.zeros((ROWS, 2, SIZE, SIZE), "float32")
    adjacency = np.zeros((ROWS, SIZE, SIZE), bool)
    for row, edge in np.argwhere(INPUTS["edge_mask"]):
        receiver, sender = INPUTS["receivers"][row, edge], INPUTS["senders"][row, edge]
        adjacency[row, receiver, sender] = True
        dense[row, :, receiver, sender] = bias[row, edge]
    found = compiled(layer)(NODES, edges, attention_bias=bias)
    assert_close(found, compiled(layer)(NODES, adjacency, attention_bias=dense))
    assert np.abs(keras.ops.convert_to_numpy(found - compiled(layer)(NODES, edges))).max() > 0.01


def test_a_node_without_neighbours_reads_the_memory_alone(layer):
    alone = np.zeros((ROWS, SIZE, SIZE + MEMORY), bool)
    found = keras.ops.convert_to_numpy(compiled(layer)(NODES, alone[:, :, :SIZE]))
    alone[:, :, SIZE:] = True
    assert_close(found, by_hand(layer, alone)[0])
    assert np.abs(found).max() > 0.01


def test_it_takes_the_place_of_an_aggregation_in_a_block():
    width = NODES.shape[-1]
    memory = PersistentMemory(MultiHeadAggregation(1, 3, output_dim=width), 2)
    block = TransformerGraphBlock(memory, FeedForward(7))
    block.build(NODES.shape)
    assert tuple(compiled(block)(NODES, lists(INPUTS)).shape) == NODES.shape


def test_errors():
    with pytest.raises(ValueError, match="num_nodes must be a positive integer"):
        PersistentMemory(MultiHeadAggregation(1, 3), 0)
    with pytest.raises(ValueError, match="aggregation must not update edges.*EdgeAttention"):
        PersistentMemory(EdgeAttention(1, 3), 2)
