import numpy as np
import pytest

from keras_gt.testing import assert_close
from keras_gt.testing.comparison import check_output


def test_assert_close():
    assert_close(np.array([1.0, 1000.0]), np.array([1.0, 1000.009]))
    with pytest.raises(AssertionError, match="rows: differs by 0.2 of the scale"):
        assert_close(np.array([1.0]), np.array([1.25]), 1e-4, name="rows")
    with pytest.raises(AssertionError, match="shape"):
        assert_close(np.zeros((2, 1)), np.zeros(2))
    with pytest.raises(AssertionError, match="1 values are not finite"):
        assert_close(np.array([np.nan, 1.0]), np.array([np.nan, 1.0]))
    with pytest.raises(AssertionError, match="nothing to compare"):
        assert_close(np.zeros(2), np.zeros(2), where=np.zeros(2, bool))


def test_output_must_be_known():
    with pytest.raises(ValueError, match="output must be 'node' or 'graph'"):
        check_output("edge")
