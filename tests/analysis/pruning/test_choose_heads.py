import numpy as np
import pytest

from keras_gt.analysis.pruning import choose_heads

IMPORTANCE = {"a": np.array([0.5, 0.1, 0.2]), "b": np.array([0.05, 0.06]), "c": np.array([0.9])}


def test_the_least_important_go_first_and_the_last_of_a_layer_never():
    assert choose_heads(IMPORTANCE, 0) == {}
    assert choose_heads(IMPORTANCE, 1) == {"b": [0]}
    assert choose_heads(IMPORTANCE, 2) == {"a": [1], "b": [0]}
    assert choose_heads(IMPORTANCE, 3) == {"a": [1, 2], "b": [0]}


@pytest.mark.parametrize("count", [-1, 4])
def test_more_heads_than_can_go_are_refused(count):
    with pytest.raises(ValueError, match="count must leave one head in every layer"):
        choose_heads(IMPORTANCE, count)
