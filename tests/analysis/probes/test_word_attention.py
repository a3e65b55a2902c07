import numpy as np
import pytest

from keras_gt.analysis.probes import word_attention


def test_sum_over_the_pieces_that_are_read_and_mean_over_those_that_read():
    attention = np.random.default_rng(0).random((2, 3, 5, 5))
    words = [-1, 0, 1, 1, -1]
    found = word_attention(attention, words)
    assert found.shape == (2, 3, 2, 2)
    np.testing.assert_allclose(found[..., 0, 0], attention[..., 1, 1])
    np.testing.assert_allclose(found[..., 0, 1], attention[..., 1, 2] + attention[..., 1, 3])
    np.testing.assert_allclose(found[..., 1, 0], attention[..., 2:4, 1].mean(-1))
    np.testing.assert_allclose(found[..., 1, 1], attention[..., 2:4, 2:4].sum(-1).mean(-1))


@pytest.mark.parametrize("words", [[0, 2, 1], [0, 2], [-1, -1]])
def test_words_that_do_not_fit_are_refused(words):
    with pytest.raises(ValueError, match="words must"):
        word_attention(np.ones((2, 2)), words)
