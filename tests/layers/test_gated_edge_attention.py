import keras
import numpy as np
import pytest

from keras_gt.layers import GatedEdgeAttention
from keras_gt.testing import random_graph_inputs
from keras_gt.testing.layer_function import dense_pairs
from tests.layers.compiled import compiled
from tests.layers.with_scores import lists

INPUTS = random_graph_inputs(num_edge_features=3)
PAIRS = dense_pairs(INPUTS, INPUTS["edge_features"])


def arrays(results):
    return [keras.ops.convert_to_numpy(result) for result in results]


def test_scores_are_gated_weights_in_both_forms():
    function = compiled(GatedEdgeAttention(2, 3), return_attention_scores=True)
    nodes, sparse = arrays(
        function(INPUTS["node_features"], lists(INPUTS), INPUTS["edge_features"])
    )
    mask = INPUTS["edge_mask"]
    assert sparse.shape == (*mask.shape, 2) and not sparse[~mask].any()
    assert (sparse[mask] > 0).all() and nodes.shape == (2, 11, 6)
    totals = np.zeros((2, 11, 2))
    for row in range(2):
        np.add.at(totals[row], INPUTS["receivers"][row], sparse[row])
    assert totals.max() < 1  # a gate never opens altogether
    edges = dense_pairs(INPUTS, mask)
    _, dense = arrays(function(INPUTS["node_features"], edges, PAIRS))
    row = np.arange(2)[:, None]
    found = np.moveaxis(dense, 1, -1)[row, INPUTS["receivers"], INPUTS["senders"]]
    np.testing.assert_allclose(found[mask], sparse[mask], rtol=1e-4, atol=1e-6)


def test_virtual_nodes_are_not_scaled():
    results = []
    for scale_degree, virtual in ((False, 0), (True, 0), (True, 2)):
        keras.utils.set_random_seed(0)
        layer = GatedEdgeAttention(2, 3, scale_degree=scale_degree, num_virtual_nodes=virtual)
        results.append(
            keras.ops.convert_to_numpy(compiled(layer)(INPUTS["node_features"], None, PAIRS))
        )
    plain, scaled, mixed = results
    np.testing.assert_allclose(mixed[:, :2], plain[:, :2], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(mixed[:, 2:], scaled[:, 2:], rtol=1e-5, atol=1e-6)
    assert np.abs(plain - scaled).max() > 1e-3


def test_random_masks_leave_pairs_out_in_training_alone():
    layer = GatedEdgeAttention(2, 3, mask_rate=0.5, seed=3)

    def scores(training):
        function = compiled(layer, training=training, return_attention_scores=True)
        return arrays(function(INPUTS["node_features"], None, PAIRS))[1]

    calm, first, second = scores(False), scores(True), scores(True)
    assert (calm > 0).all()
    for masked in (first, second):
        assert 0.4 < (masked == 0).mean() < 0.6
        assert (masked[masked > 0] > calm[masked > 0]).all()  # the others share what is left
    assert 0.4 < ((first == 0) == (second == 0)).mean() < 0.6


def test_edge_features_are_required():
    with pytest.raises(ValueError, match="edge_features must be given to GatedEdgeAttention"):
        GatedEdgeAttention(2, 3)(INPUTS["node_features"], lists(INPUTS))
    with pytest.raises(ValueError, match="mask_rate must be in"):
        GatedEdgeAttention(2, 3, mask_rate=1.0)
