import keras
import numpy as np
import pytest

from keras_gt.layers import FullGraphAttention
from keras_gt.testing import random_graph_inputs
from tests.layers.compiled import compiled
from tests.layers.with_scores import check_scores, lists

INPUTS = random_graph_inputs(num_edge_features=3)


def test_scores_come_aligned_with_the_edges():
    check_scores(FullGraphAttention(2, 3, gamma=0.3), INPUTS, heads=2, edge_features=True)


def test_gamma_weighs_absent_edges():
    features = INPUTS["edge_features"].copy()
    features[..., 0] = np.arange(31) % 2  # every other edge is real
    totals = []
    for gamma in (0.0, 1.0):
        keras.utils.set_random_seed(0)
        layer = FullGraphAttention(2, 3, gamma=gamma)
        function = compiled(layer, return_attention_scores=True)
        _, scores = function(INPUTS["node_features"], lists(INPUTS), features)
        absent = INPUTS["edge_mask"] & (features[..., 0] == 0)
        totals.append(keras.ops.convert_to_numpy(scores)[absent].max())
    assert totals[0] == 0 and totals[1] > 0.1


def test_errors():
    with pytest.raises(ValueError, match="gamma must be 0 or more"):
        FullGraphAttention(2, 3, gamma=-1.0)
    with pytest.raises(ValueError, match="edge_features must be given to FullGraphAttention"):
        FullGraphAttention(2, 3)(INPUTS["node_features"], lists(INPUTS))
    with pytest.raises(ValueError, match="at least one column after the mark"):
        FullGraphAttention(2, 3)(
            INPUTS["node_features"], lists(INPUTS), INPUTS["edge_features"][..., :1]
        )
