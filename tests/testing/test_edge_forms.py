import numpy as np
import pytest

from keras_gt.testing import (
    assert_complete_graph_forms_agree,
    assert_edge_forms_agree,
    random_graph_inputs,
)


class SumLayer:
    """sum_j w_ij h_j and h_i + h_j for each edge, with one thing wrong where asked for."""

    def __init__(self, wrong=None):
        self.wrong = wrong

    def __call__(self, node_features, edges=None, edge_features=None, *, node_mask=None):
        if isinstance(edges, dict):
            return self.sparse(node_features, edges)
        size = (*node_features.shape[:2], node_features.shape[1])
        weights = np.ones(size) if edges is None else edges.astype("float64")
        if self.wrong == "transposed":
            weights = np.swapaxes(weights, 1, 2)
        if edges is None and self.wrong != "sees padding":
            weights = weights * node_mask[:, None, :]
        pairs = node_features[:, :, None] + node_features[:, None, :]
        return weights @ node_features, pairs

    def sparse(self, node_features, edges):
        nodes = np.zeros(node_features.shape)
        pairs = np.zeros((*edges["senders"].shape, node_features.shape[-1]))
        weights = edges.get("weights", np.ones(edges["senders"].shape)) * edges["mask"]
        for row in range(len(nodes)):
            senders, receivers = edges["senders"][row], edges["receivers"][row]
            messages = node_features[row, senders] * weights[row][:, None]
            np.add.at(nodes[row], receivers, messages)
            pairs[row] = node_features[row, senders] + node_features[row, receivers]
        planned = "receiver_offsets" in edges
        return nodes * (1.01 if planned and self.wrong == "plan" else 1), pairs


@pytest.mark.parametrize("weighted", [False, True])
def test_sound_layers_pass(weighted):
    inputs = random_graph_inputs(edge_weights=weighted, num_edge_features=3)
    assert_edge_forms_agree(SumLayer(), inputs)
    assert_complete_graph_forms_agree(SumLayer(), inputs)


def test_a_wrong_fast_path_is_caught():
    with pytest.raises(AssertionError, match="form 'plan', nodes: differs"):
        assert_edge_forms_agree(SumLayer("plan"), random_graph_inputs())


def test_a_transposed_adjacency_is_caught():
    with pytest.raises(AssertionError, match="form 'dense', nodes: differs"):
        assert_edge_forms_agree(SumLayer("transposed"), random_graph_inputs())


def test_padding_in_a_complete_graph_is_caught():
    with pytest.raises(AssertionError, match="form 'complete', nodes: differs"):
        assert_complete_graph_forms_agree(SumLayer("sees padding"), random_graph_inputs())
