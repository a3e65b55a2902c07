import keras
import numpy as np
import pytest

from keras_gt.layers import LaplacianEncoding
from tests.layers.compiled import compiled

RNG = np.random.default_rng(0)
VECTORS = RNG.normal(size=(2, 5, 3)).astype("float32")
VALUES = np.tile([0.0, 0.5, -1.0], (2, 5, 1)).astype("float32")


def layer_of(**options):
    keras.utils.set_random_seed(0)
    layer = LaplacianEncoding(4, 1, num_heads=2, intermediate_dim=7, **options)
    layer.build(VECTORS.shape, VALUES.shape)
    return layer


def encoder(layer, **options):
    """The layer as a function of eigenpairs that returns an array."""
    function = compiled(layer, **options)
    return lambda *eigenpairs: keras.ops.convert_to_numpy(function(*eigenpairs))


def test_missing_eigenpairs_say_nothing():
    encode, junk = encoder(layer_of()), VECTORS.copy()
    junk[..., 2] = 100.0
    expected = encode(VECTORS, VALUES)
    np.testing.assert_array_equal(encode(junk, VALUES), expected)
    np.testing.assert_allclose(
        encode(VECTORS[..., :2], VALUES[..., :2]), expected, rtol=1e-4, atol=1e-5
    )
    assert not encode(VECTORS, np.full_like(VALUES, -1)).any()


def test_the_order_of_eigenpairs_says_nothing():
    encode = encoder(layer_of())
    expected = encode(VECTORS, VALUES)
    found = encode(VECTORS[..., [1, 2, 0]], VALUES[..., [1, 2, 0]])
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_signs_flip_in_training_alone():
    layer = layer_of(random_sign=True, seed=1)
    encode, train = encoder(layer), encoder(layer, training=True)
    calm = encode(VECTORS, VALUES)
    again = encoder(layer, training=False)(VECTORS, VALUES)
    np.testing.assert_allclose(again, calm, rtol=1e-5, atol=1e-6)
    flips = [VECTORS * np.array([a, b, 1]) for a in (1, -1) for b in (1, -1)]
    possible = [encode(flip.astype("float32"), VALUES) for flip in flips]
    seen = set()
    for _ in range(5):
        found = train(VECTORS, VALUES)
        for row in range(2):  # one sign for all nodes of a row
            gaps = [np.abs(found[row] - each[row]).max() for each in possible]
            assert min(gaps) < 1e-4
            seen.add(int(np.argmin(gaps)))
    assert len(seen) > 1


def test_errors():
    with pytest.raises(ValueError, match="units must be a multiple of num_heads"):
        LaplacianEncoding(5, num_heads=2)
    with pytest.raises(ValueError, match="eigenvalues must have the width of the eigenvectors"):
        LaplacianEncoding(4)(VECTORS, VALUES[..., :2])
