import pytest

from keras_gt.layers import GatedGraphConvolution
from keras_gt.testing import random_graph_inputs

INPUTS = random_graph_inputs()


def test_edge_features_are_required():
    with pytest.raises(ValueError, match="edge_features must be given to GatedGraphConvolution"):
        GatedGraphConvolution(3).compute_output_spec(INPUTS["node_features"])


def test_units_must_be_positive():
    with pytest.raises(ValueError, match="units must be a positive integer"):
        GatedGraphConvolution(-1)
