import numpy as np
import pytest

from keras_gt.ops.keras_mask import align_trailing_axis, entry_weights, keras_mask
from tests.losses.masked_example import with_mask


def test_the_mask_of_a_prediction():
    mask = np.array([[True, False, True]])
    found = np.asarray(keras_mask(with_mask(np.ones((1, 3, 2), "float32"), mask)))
    assert np.array_equal(found, mask.astype("float32"))
    assert float(keras_mask(np.ones((1, 3, 2), "float32"))) == 1.0


def test_weights_reach_every_entry():
    entries = np.zeros((2, 3, 4), "float32")
    mask, weight = np.array([[1, 1, 0], [1, 0, 0]], "float32"), np.array([2.0, 3.0])
    found = np.asarray(entry_weights(entries, mask, weight))
    assert np.array_equal(found, np.broadcast_to((mask * weight[:, None])[..., None], (2, 3, 4)))
    found = np.asarray(entry_weights(entries[..., 0], mask[..., None], None))
    assert np.array_equal(found, mask)


def test_too_many_axes_are_refused():
    with pytest.raises(ValueError, match="sample_weight must have no more axes"):
        entry_weights(np.zeros((2, 3)), None, np.ones((2, 3, 4)))


@pytest.mark.parametrize("shapes", [((2, 3), (2, 3, 1)), ((2, 3, 1), (2, 3))])
def test_a_last_axis_of_one_is_aligned(shapes):
    y_true, y_pred = align_trailing_axis(*(np.zeros(shape, "float32") for shape in shapes))
    assert tuple(y_true.shape) == tuple(y_pred.shape) == shapes[1]
