import numpy as np
import pytest

from keras_gt.layers import MultiHeadAggregation
from keras_gt.testing import assert_close, random_graph_inputs
from tests.layers.compiled import compiled
from tests.layers.with_scores import check_scores

INPUTS = random_graph_inputs(num_edge_features=3)


def test_scores_come_aligned_with_the_edges():
    check_scores(MultiHeadAggregation(2, 3), INPUTS, heads=2)
    check_scores(MultiHeadAggregation(2, 3), INPUTS, heads=2, edge_features=True)


def test_errors():
    with pytest.raises(ValueError, match="aggregation must be one of"):
        MultiHeadAggregation(2, 3, aggregation="median")
    for arguments in ({"dropout": 0.5}, {"scaled": False}):
        with pytest.raises(ValueError, match="must go with aggregation='attention'"):
            MultiHeadAggregation(2, 3, aggregation="sum", **arguments)
    with pytest.raises(ValueError, match="output_dim must be a positive integer"):
        MultiHeadAggregation(2, 3, output_dim=2.5)
    with pytest.raises(ValueError, match="attention_bias must not be given"):
        layer = MultiHeadAggregation(2, 3, aggregation="sum")
        layer(INPUTS["node_features"], attention_bias=np.zeros((2, 2, 11, 11), "float32"))


@pytest.mark.parametrize("options", [{"output_dim": 7}, {"use_root_weight": True}])
def test_remembered_nodes_are_read_as_others(options):
    layer, rng = MultiHeadAggregation(2, 3, **options), np.random.default_rng(0)
    nodes = rng.normal(size=(2, 5, 7)).astype("float32")
    edges = rng.random((2, 5, 5)) < 0.6
    edges[:, :3, 3:] = False  # the first three know nothing of the others
    nothing = np.zeros((2, 0, 2, 3), "float32")
    layer.build(nodes.shape)
    expected, read_memory = compiled(layer)(nodes, edges), compiled(layer.read_memory)
    first, keys, values = read_memory(nodes[:, :3], nothing, nothing, edges[:, :3, :3])
    rest, *_ = read_memory(nodes[:, 3:], keys, values, edges[:, 3:])
    assert_close(first, expected[:, :3])
    assert_close(rest, expected[:, 3:])


def test_a_reduction_remembers_nothing():
    layer = MultiHeadAggregation(1, 3, aggregation="sum")
    nodes, memory = np.ones((1, 2, 3), "float32"), np.ones((1, 2, 1, 3), "float32")
    with pytest.raises(ValueError, match="aggregation must be 'attention' to read a memory"):
        layer.read_memory(nodes, memory, memory, np.ones((1, 2, 4), bool))
