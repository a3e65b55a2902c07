import numpy as np
import pytest

from keras_gt.analysis.plots import draw_sentence


def test_the_strongest_arcs_go_from_the_word_that_is_read_to_the_one_that_reads():
    matrix = np.array([[0.9, 0.1, 0.0], [0.7, 0.0, 0.3], [0.0, 0.2, 0.8]])
    axes = draw_sentence(["a", "$b", "c"], matrix, strongest=2)
    weak, strong = axes.patches
    assert strong.get_alpha() == 1.0 and weak.get_alpha() < strong.get_alpha()
    assert strong._posA_posB == [(0, 0.12), (1, 0.12)]  # 1 reads 0: to the right, above
    assert weak._posA_posB == [(2, -0.12), (1, -0.12)]  # 1 reads 2: to the left, below
    assert [text.get_text() for text in axes.texts] == ["a", r"\$b", "c"]
    assert len(draw_sentence(["a", "b", "c"], matrix).patches) == 4
    assert not draw_sentence(["a"], np.ones((1, 1))).patches


def test_a_matrix_of_another_sentence_is_refused():
    with pytest.raises(ValueError, match=r"matrix must be \(N, N\) for N labels"):
        draw_sentence(["a"], np.ones((2, 2)))
