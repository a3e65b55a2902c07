import pytest

from keras_gt.layers import ConditionalEdgeAttention
from keras_gt.testing import random_graph_inputs
from tests.layers.with_scores import check_scores

INPUTS = random_graph_inputs(num_edge_features=3)


def test_scores_come_aligned_with_the_edges():
    check_scores(ConditionalEdgeAttention(2, 3), INPUTS, heads=2, edge_features=True)


def test_edge_features_are_required():
    with pytest.raises(ValueError, match="edge_features must be given to ConditionalEdgeAttention"):
        ConditionalEdgeAttention(2, 3).compute_output_spec(INPUTS["node_features"])
