import numpy as np
import pytest

from keras_gt.analysis.plots import draw_matrix


def test_a_row_shows_whom_a_node_reads():
    matrix = np.array([[0.0, 1.0], [0.5, 0.5]])
    axes = draw_matrix(["$a", "b"], matrix)
    np.testing.assert_array_equal(axes.images[0].get_array(), matrix)
    assert [text.get_text() for text in axes.get_xticklabels()] == [r"\$a", "b"]
    assert axes.get_xlabel() == "is read" and axes.get_ylabel() == "reads"
    with pytest.raises(ValueError, match="Received: shape \\(2, 2\\) for 1 labels"):
        draw_matrix(["a"], matrix)
