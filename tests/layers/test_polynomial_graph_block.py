"""The product of degree two, attention scores, and what is refused."""

import keras
import numpy as np
import pytest

from keras_gt.layers import EdgeAttention, GraphAttention, PolynomialGraphBlock
from tests.layers.compiled import compiled
from tests.layers.examples import PLAIN
from tests.layers.with_scores import check_scores


def test_without_activations_it_has_even_degree():
    """beta 0 leaves the product alone: it forgets the sign of the features."""
    block = PolynomialGraphBlock(GraphAttention(1, 3, use_bias=False), activation=None, beta=0.0)
    nodes = np.arange(10, dtype="float32").reshape(1, 2, 5)
    edges = {"senders": np.zeros((1, 0), "int32"), "receivers": np.zeros((1, 0), "int32")}
    function = compiled(block)
    found, flipped = (keras.ops.convert_to_numpy(function(x, edges)) for x in (nodes, -nodes))
    np.testing.assert_allclose(found, flipped, rtol=1e-5)
    assert np.abs(found).max() > 0


def test_attention_scores_are_those_of_the_aggregation():
    check_scores(PolynomialGraphBlock(GraphAttention(2, 3)), PLAIN, heads=2)


def test_unfit_arguments_are_refused():
    with pytest.raises(ValueError, match="aggregation must not update edges"):
        PolynomialGraphBlock(EdgeAttention(2, 3))
    with pytest.raises(ValueError, match="activation must be one of"):
        PolynomialGraphBlock(GraphAttention(2, 3), activation="tanh")
    with pytest.raises(ValueError, match="beta must be in"):
        PolynomialGraphBlock(GraphAttention(2, 3), beta=-0.1)
