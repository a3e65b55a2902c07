import keras
import numpy as np
import pytest

from keras_gt.layers import SignInvariantEncoding
from keras_gt.testing import assert_close
from tests.layers.compiled import compiled
from tests.layers.examples import EDGE_LAYERS, PLAIN
from tests.references.layer_arrays import built

EDGES = {"senders": PLAIN["senders"], "receivers": PLAIN["receivers"], "mask": PLAIN["edge_mask"]}
VECTORS, MASK = PLAIN["node_features"], PLAIN["node_mask"]
# one sign for each eigenvector of each graph
SIGNS = np.where(np.random.default_rng(3).random((2, 1, 5)) < 0.5, -1, 1).astype("float32")


def test_signs_make_exactly_no_difference():
    function = compiled(built(EDGE_LAYERS["sign_net"]))
    expected = keras.ops.convert_to_numpy(function(VECTORS, EDGES, node_mask=MASK))
    found = keras.ops.convert_to_numpy(function(VECTORS * SIGNS, EDGES, node_mask=MASK))
    assert np.ptp(SIGNS, axis=-1).min() > 0
    np.testing.assert_array_equal(found, expected)
    # but the signs of one node alone do, which a function of |v| would not see
    one = np.where(np.arange(11)[:, None] == 4, -1, 1).astype("float32")
    other = keras.ops.convert_to_numpy(function(VECTORS * one, EDGES, node_mask=MASK))
    assert np.abs(other - expected)[MASK].max() > 1e-2


def test_signs_make_no_difference_to_the_statistics_of_training():
    results = []
    for vectors in (VECTORS, VECTORS * SIGNS):
        layer = built(EDGE_LAYERS["sign_net"])
        output = compiled(layer, training=True)(vectors, EDGES, node_mask=MASK)
        results.append([keras.ops.convert_to_numpy(output), *layer.get_weights()])
    for one, other in zip(*results, strict=True):
        assert_close(other, one, 1e-5)


def test_unfit_arguments_are_refused():
    with pytest.raises(ValueError, match="num_layers must be a positive integer"):
        SignInvariantEncoding(7, num_layers=0)
    with pytest.raises(ValueError, match="phi_dim must be a positive integer"):
        SignInvariantEncoding(7, phi_dim=0)
    with pytest.raises(ValueError, match="sender_features must not be given"):
        SignInvariantEncoding(7)(VECTORS, EDGES, sender_features=VECTORS)
