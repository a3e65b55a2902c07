import numpy as np
import pytest

from keras_gt.layers import DegreeEncoding, PathBias, TokenReadout


def test_errors():
    with pytest.raises(ValueError, match="paths must have one column for each of sizes and edge"):
        PathBias(2, sizes=[3, 5])(np.zeros((1, 2, 2, 3), "int32"))
    with pytest.raises(ValueError, match="sizes must be a positive integer"):
        PathBias(2, sizes=[0])
    with pytest.raises(ValueError, match="max_degree must be a positive integer"):
        DegreeEncoding(4, max_degree=0)


def test_a_token_keeps_its_shape_without_a_graph_mask():
    assert tuple(TokenReadout()(np.ones((2, 5), "float32")).shape) == (2, 5)
