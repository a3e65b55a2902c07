import numpy as np
import pytest

from keras_gt.models.text_batches import length_batches, padded_tokens


def test_padding_is_masked():
    arrays = padded_tokens([np.array([3, 4]), np.array([5])], num_nodes=3, num_rows=3)
    assert arrays["node_features"].tolist() == [[3, 4, 0], [5, 0, 0], [0, 0, 0]]
    assert arrays["node_mask"].sum(axis=1).tolist() == [2, 1, 0]


def test_texts_of_like_length_share_a_batch_of_few_shapes():
    rng = np.random.default_rng(0)
    texts = [np.full(length, index) for index, length in enumerate(rng.integers(1, 100, 203))]
    shapes, seen, waste = set(), [], 0
    for places, arrays in length_batches(texts, 16, max_nodes=99):
        shapes.add(arrays["node_mask"].shape)
        assert all(arrays["node_features"][row, 0] == place for row, place in enumerate(places))
        assert arrays["node_mask"].sum() == sum(len(texts[place]) for place in places)
        waste += (~arrays["node_mask"][: len(places)]).sum()
        seen += places.tolist()
    assert sorted(seen) == list(range(203))
    assert len(shapes) <= 14 and max(shape[1] for shape in shapes) <= 99
    assert waste < 0.2 * sum(map(len, texts))
    ((_, arrays),) = length_batches(texts[:5], 16, max_nodes=99)
    assert len(arrays["node_mask"]) == 5
    with pytest.raises(ValueError, match="texts must have at most 3 tokens for this model"):
        next(length_batches([np.ones(4)], 16, max_nodes=3))
