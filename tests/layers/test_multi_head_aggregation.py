import numpy as np
import pytest

from keras_gt.layers import MultiHeadAggregation
from keras_gt.testing import random_graph_inputs
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
