import numpy as np
import pytest
from matplotlib import pyplot

from keras_gt.analysis import draw_attention
from keras_gt.graph import Graph


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    pyplot.close("all")


def test_the_most_read_edge_is_the_darkest_and_widest():
    inputs = Graph(3, [0, 1, 1], [1, 2, 1]).inputs()  # the last is a self-loop: not drawn
    weights = np.zeros((1, 3, 2))
    weights[0, inputs["receivers"][0] == 2] = 1.0
    axes = draw_attention(inputs, weights, labels=["a", "b", "c"])
    assert len(axes.patches) == 2
    weak, strong = sorted(axes.patches, key=lambda arrow: arrow.get_alpha())
    assert strong.get_alpha() == 1.0 and strong.get_linewidth() > weak.get_linewidth()
    assert [text.get_text() for text in axes.texts] == ["a", "b", "c"]


def test_several_layers_are_averaged_and_positions_are_kept():
    inputs = Graph(2, [0, 1], [1, 0]).inputs()
    positions = np.array([[0.0, 0.0], [3.0, 4.0]])
    layers = [np.array([[[1.0], [0.0]]]), np.array([[[0.0], [1.0]]])]
    axes = draw_attention(inputs, layers, positions=positions)
    assert {arrow.get_alpha() for arrow in axes.patches} == {1.0}
    np.testing.assert_array_equal(axes.collections[0].get_offsets(), positions)


def test_scores_of_another_graph_are_refused():
    inputs = Graph(2, [0, 1], [1, 0]).inputs()
    with pytest.raises(ValueError, match="scores must be aligned to the edges"):
        draw_attention(inputs, np.ones((1, 3, 1)))
