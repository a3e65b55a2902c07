import numpy as np
import pytest

from keras_gt import datasets


@pytest.fixture
def club():
    masks = {
        part: np.arange(34) % 3 == place
        for place, part in enumerate(("train", "validation", "test"))
    }
    return datasets.load("karate-club").replace(splits={"thirds": [masks]})


def test_inputs_are_one_row_with_a_plan_and_self_loops(club):
    inputs = club.inputs
    assert inputs["senders"].shape == inputs["edge_weights"].shape == (1, 156 + 34)
    assert {"receiver_offsets", "sender_offsets", "sender_order"} <= set(inputs)
    degrees = np.bincount(club.graph.receivers) + 1
    senders, receivers = inputs["senders"][0], inputs["receivers"][0]
    expected = 1 / np.sqrt(degrees[senders] * degrees[receivers])
    np.testing.assert_allclose(inputs["edge_weights"][0], expected, rtol=1e-6)
    assert club.graph.num_edges == 156  # the graph itself stays as published


def test_transforms_can_be_left_out(club):
    inputs = club.replace(transforms=()).inputs
    assert inputs["senders"].shape == (1, 156) and "edge_weights" not in inputs


def test_splits_become_weights(club):
    weights = club.sample_weights("validation")
    assert weights.shape == (1, 34) and weights.dtype == np.float32
    assert weights[0].tolist() == (np.arange(34) % 3 == 1).astype(float).tolist()
    assert club.labels_batch.shape == (1, 34)


def test_unknown_parts_and_splits_are_refused(club):
    with pytest.raises(ValueError, match="part must be one of .*Received: part='val'"):
        club.sample_weights("val")
    with pytest.raises(ValueError, match="name must be one of the splits of karate-club: thirds"):
        club.split(name="public")
    with pytest.raises(ValueError, match=r"index must lie in \[0, 1\), the thirds splits"):
        club.split(1)
