import keras
import numpy as np
import pytest

from keras_gt.layers import GraphAttention
from keras_gt.testing import assert_close, random_graph_inputs
from tests.layers.compiled import compiled
from tests.layers.with_scores import check_scores, lists

INPUTS = random_graph_inputs(num_edge_features=3)


@pytest.mark.parametrize("score", ["gat", "gatv2"])
def test_scores_come_aligned_with_the_edges(score):
    check_scores(GraphAttention(2, 3, score, use_bias=False), INPUTS, heads=2)


@pytest.mark.parametrize("score", ["gat", "gatv2"])
def test_a_bias_on_the_scores_of_all_edges_alike_changes_nothing(score):
    keras.utils.set_random_seed(0)
    layer = GraphAttention(2, 3, score)
    layer.build((2, 11, 5))
    function, edges = compiled(layer), lists(INPUTS)
    plain = function(INPUTS["node_features"], edges)
    bias = np.ones((2, 31, 2), "float32")
    shifted = function(INPUTS["node_features"], edges, attention_bias=3 * bias)
    assert_close(shifted, plain)
    bias[:, :4] = -1e9  # which shuts these edges
    shut = function(INPUTS["node_features"], edges, attention_bias=bias)
    mask = INPUTS["edge_mask"].copy()
    mask[:, :4] = False
    gone = function(INPUTS["node_features"], {**edges, "mask": mask})
    reads = np.zeros((2, 11), bool)  # where an edge remains
    for row in range(2):
        reads[row, INPUTS["receivers"][row, mask[row]]] = True
    assert_close(shut, gone, where=reads)


def test_bipartite_nodes_read_others():
    """Senders from another set: the same as one graph with both sets and edges between them."""
    keras.utils.set_random_seed(0)
    layer = GraphAttention(2, 3)
    rng = np.random.default_rng(1)
    receivers = rng.normal(size=(1, 5, 4)).astype("float32")
    senders = rng.normal(size=(1, 7, 4)).astype("float32")
    layer.build((1, 5, 4))
    edges = {
        "senders": rng.integers(0, 7, (1, 13)).astype("int32"),
        "receivers": np.sort(rng.integers(0, 5, (1, 13))).astype("int32"),
    }
    found = compiled(layer)(receivers, edges, sender_features=senders)
    together = np.concatenate([receivers, senders], axis=1)
    joint = compiled(layer)(together, {**edges, "senders": edges["senders"] + 5})
    assert_close(found, keras.ops.convert_to_numpy(joint)[:, :5])


def test_errors():
    for arguments in ({"use_score_bias": True}, {"use_projection": False}):
        with pytest.raises(ValueError, match="must go with score='gat'"):
            GraphAttention(2, 3, "gatv2", **arguments)
    with pytest.raises(ValueError, match="score must be one of"):
        GraphAttention(2, 3, "dot")
    with pytest.raises(ValueError, match="num_heads must be a positive integer"):
        GraphAttention(0, 3)
    with pytest.raises(ValueError, match=r"dropout must be in \[0, 1\)"):
        GraphAttention(2, 3, dropout=1.5)
    with pytest.raises(ValueError, match="node_features must be num_heads \\* head_dim wide"):
        GraphAttention(2, 3, use_projection=False).build((1, 4, 5))
