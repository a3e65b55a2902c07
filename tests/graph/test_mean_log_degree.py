import math

import pytest

from keras_gt.graph import Graph, mean_log_degree


def test_every_node_of_every_graph_counts_once():
    first = Graph(3, [0, 1, 1], [1, 0, 0])  # degrees 2, 1, 0
    second = Graph(1, [0, 0, 0], [0, 0, 0])  # 3: self-loops and repeated edges count
    expected = (math.log(3) + math.log(2) + math.log(4)) / 4
    assert mean_log_degree([first, second]) == pytest.approx(expected, rel=1e-12)
    assert mean_log_degree(iter([first, second])) == pytest.approx(expected, rel=1e-12)
    assert type(mean_log_degree([first])) is float


def test_there_must_be_an_edge():
    with pytest.raises(ValueError, match="graphs must have an edge.*2 nodes without edges"):
        mean_log_degree([Graph(2, [], [])])
    with pytest.raises(ValueError, match="graphs must have an edge.*0 nodes"):
        mean_log_degree([])
