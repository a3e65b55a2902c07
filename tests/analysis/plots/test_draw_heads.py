import numpy as np
import pytest

from keras_gt.analysis import attention_matrices
from keras_gt.analysis.plots import draw_heads
from keras_gt.graph import Graph


def test_one_matrix_for_each_head_of_each_layer():
    inputs = Graph(4, [0, 1, 2, 3], [1, 2, 3, 0]).inputs()
    generator = np.random.default_rng(0)
    scores = {f"block_{layer}": generator.random((1, 4, 3)) for layer in (0, 1)}
    figure = draw_heads(inputs, scores)
    assert len(figure.axes) == 6
    drawn = figure.axes[4].images[0].get_array()
    np.testing.assert_array_equal(drawn, attention_matrices(inputs, scores["block_1"])[1])
    assert [axes.get_ylabel() for axes in figure.axes[::3]] == ["block_0", "block_1"]
    assert [axes.get_title() for axes in figure.axes[:3]] == ["head 0", "head 1", "head 2"]


def test_no_scores_are_refused():
    with pytest.raises(ValueError, match="scores must hold a layer"):
        draw_heads({}, {})
