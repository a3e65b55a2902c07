import numpy as np
import pytest

from keras_gt.graph import Graph
from keras_gt.graph.encodings import degrees


def test_edges_are_counted_where_they_arrive_or_leave():
    graph = Graph(4, [0, 0, 1, 2, 2], [1, 1, 2, 2, 0])
    assert degrees(graph).tolist() == [[1], [2], [2], [0]]
    assert degrees(graph, direction="out").tolist() == [[2], [1], [2], [0]]
    assert degrees(graph).dtype == np.float32


def test_no_edges():
    assert degrees(Graph(2, [], [])).tolist() == [[0], [0]]


def test_direction_must_be_known():
    with pytest.raises(ValueError, match="direction must be.*'both'"):
        degrees(Graph(1, [], []), direction="both")
