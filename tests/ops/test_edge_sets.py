import numpy as np
import pytest

from keras_gt.ops import resolve_edges

NODES = np.ones((1, 4, 3), "float32")
INDEX = np.array([[0, 1]], "int32")


def test_errors():
    with pytest.raises(ValueError, match="edges must be None, a .* adjacency or a dictionary"):
        resolve_edges(INDEX, NODES)
    with pytest.raises(ValueError, match="edges must have senders and receivers"):
        resolve_edges({"senders": INDEX}, NODES)
    with pytest.raises(ValueError, match="edges must have senders and receivers"):
        resolve_edges({}, NODES)
    with pytest.raises(ValueError, match="edges must have no keys but"):
        resolve_edges({"senders": INDEX, "receivers": INDEX, "features": NODES}, NODES)


def test_what_is_too_large_is_refused_by_name():
    with pytest.raises(ValueError, match="must have at most max_pair_elements=15 elements"):
        resolve_edges(None, NODES, max_pair_elements=15)
    resolve_edges(None, NODES, max_pair_elements=16)
