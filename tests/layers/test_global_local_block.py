import functools

import keras
import numpy as np
import pytest

from keras_gt import layers, testing
from keras_gt.testing.batch_arrays import without_plan
from keras_gt.testing.layer_function import dense_pairs
from tests.layers.compiled import compiled
from tests.layers.examples import OTHER_LAYERS, SQUARE, call_arguments
from tests.references.layer_arrays import built

NAMES = ("gps", "gps_gated")


@functools.cache
def layer_of(name):
    return compiled(built(OTHER_LAYERS[name]))


@pytest.mark.parametrize("name", NAMES)
def test_blocks_keep_the_laws_of_graphs(name):
    """Those that hold where everybody reads everybody."""
    function = testing.layer_function(layer_of(name), "plan")
    testing.assert_node_permutation_equivariance(function, SQUARE)
    testing.assert_edge_order_invariance(function, SQUARE)
    testing.assert_padding_invariance(function, SQUARE)
    testing.assert_batch_equals_rows(function, SQUARE)
    testing.assert_single_node(function, SQUARE)
    testing.assert_edge_forms_agree(layer_of(name), SQUARE)


def test_the_edges_are_read_beside_the_whole_graph():
    function, mask = testing.layer_function(layer_of("gps"), "sparse"), SQUARE["node_mask"]
    inputs = without_plan(SQUARE)
    with_edges = keras.ops.convert_to_numpy(function(inputs))
    inputs["edge_mask"] = np.zeros_like(inputs["edge_mask"])
    without = keras.ops.convert_to_numpy(function(inputs))
    assert np.abs(with_edges - without)[mask].max() > 1e-2
    moved = inputs["node_features"].copy()
    moved[:, 0] += 1  # which reaches everybody, without any edge
    change = np.abs(keras.ops.convert_to_numpy(function({**inputs, "node_features": moved})))
    assert (np.abs(change - np.abs(without)).max(axis=-1)[mask] > 1e-6).all()


@pytest.mark.parametrize("name", NAMES)
def test_a_packed_row_is_its_graphs_one_by_one(name):
    """The two rows of the batch, side by side in one row and apart."""
    arguments = call_arguments(OTHER_LAYERS[name])
    apart = layer_of(name)(**arguments)
    apart = apart if isinstance(apart, tuple) else (apart,)
    nodes, edges = arguments["node_features"], arguments["edges"]
    rows, num_nodes = nodes.shape[:2]
    packed = {
        key: value.reshape(1, rows * len(value[0]), *value.shape[2:])
        for key, value in arguments.items()
        if key != "edges"
    }
    starts = num_nodes * np.arange(rows, dtype="int32")[:, None]
    packed["edges"] = {
        "senders": (edges["senders"] + starts).reshape(1, -1),
        "receivers": (edges["receivers"] + starts).reshape(1, -1),
        "mask": edges["mask"].reshape(1, -1),
    }
    ids = np.repeat(np.arange(rows, dtype="int32"), num_nodes)[None]
    mask = layers.PairMask()(packed["node_features"], node_mask=packed["node_mask"], graph_ids=ids)
    together = layer_of(name)(**packed, attention_inputs={"edges": mask})
    together = together if isinstance(together, tuple) else (together,)
    for one, other, real in zip(
        together, apart, (arguments["node_mask"], edges["mask"]), strict=False
    ):
        one = keras.ops.convert_to_numpy(one)
        testing.assert_close(one.reshape(other.shape), other, where=real)
    blind = layer_of(name)(**packed)
    blind = blind[0] if isinstance(blind, tuple) else blind
    blind = keras.ops.convert_to_numpy(blind).reshape(nodes.shape)
    difference = np.abs(blind - keras.ops.convert_to_numpy(apart[0]))
    assert difference[arguments["node_mask"]].max() > 1e-3  # without the mask they would


@pytest.mark.parametrize("name", NAMES)
def test_scores_and_bias_are_those_of_the_attention(name):
    block, arguments = built(OTHER_LAYERS[name]), call_arguments(OTHER_LAYERS[name])
    with_scores = compiled(block, return_attention_scores=True)
    *results, scores = with_scores(**arguments)
    spec = block.compute_output_spec(**arguments, return_attention_scores=True)[-1]
    assert tuple(scores.shape) == tuple(spec.shape)
    real = SQUARE["node_mask"]
    scores = keras.ops.convert_to_numpy(scores)  # (B, H, N, N)
    assert np.allclose(scores.sum(-1), 1, atol=1e-5)
    assert not np.moveaxis(scores, -1, 1)[~real].any()
    plain = compiled(block)(**arguments)
    testing.assert_close(plain[0] if isinstance(plain, tuple) else plain, results[0])
    bias = np.zeros(scores.shape, "float32")
    bias[..., 0] = 30.0  # everybody reads the first node alone
    *_, scores = with_scores(**arguments, attention_bias=bias)
    assert keras.ops.convert_to_numpy(scores)[..., 0].min() > 0.99


def test_errors():
    attention, feed_forward = layers.MultiHeadAggregation(2, 3), layers.FeedForward(7)
    local = layers.GraphIsomorphism(layers.FeedForward(7))
    nodes = np.ones((1, 3, 5), "float32")
    with pytest.raises(ValueError, match="attention must be as wide as its input.*width 6 .* 5"):
        layers.GlobalLocalBlock(local, attention, feed_forward)(nodes)
    fitting = layers.MultiHeadAggregation(2, 3, output_dim=5)
    narrow = layers.GraphIsomorphism(layers.FeedForward(7, output_dim=4))
    with pytest.raises(ValueError, match="local must be as wide as its input.*width 4 .* 5"):
        layers.GlobalLocalBlock(narrow, fitting, feed_forward)(nodes)
    with pytest.raises(ValueError, match="sender_features must not be given to GlobalLocalBlock"):
        layers.GlobalLocalBlock(local, fitting, feed_forward)(nodes, sender_features=nodes)
    with pytest.raises(ValueError, match="normalization must be one of"):
        layers.GlobalLocalBlock(local, fitting, feed_forward, normalization="group")
    with pytest.raises(ValueError, match="attention must not update edges.*EdgeAttention"):
        layers.GlobalLocalBlock(local, layers.EdgeAttention(1, 5), feed_forward)
    mask = np.ones((1, 2), bool)
    with pytest.raises(ValueError, match="local_mask must come with edge lists"):
        layers.GlobalLocalBlock(
            layers.GraphIsomorphism(layers.FeedForward(7)), fitting, feed_forward
        )(nodes, local_mask=mask)
    gated = layers.GatedGraphConvolution(5)
    pairs = dense_pairs(SQUARE, SQUARE["edge_features"])[..., :4]
    with pytest.raises(ValueError, match="local must be as wide as its input.*width 5 .* 4"):
        layers.GlobalLocalBlock(gated, fitting, feed_forward)(SQUARE["node_features"], None, pairs)
    bare = layers.GraphIsomorphism(layers.FeedForward(7), use_edge_projection=False)
    with pytest.raises(ValueError, match="edge_features must be as wide as the nodes.*width 4"):
        bare(SQUARE["node_features"], None, pairs)
