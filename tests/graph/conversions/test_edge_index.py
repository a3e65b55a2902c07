import pytest

from keras_gt.graph import Graph


def test_errors():
    with pytest.raises(ValueError, match=r"edge_index must have the shape \(2, E\).*\(3, 2\)"):
        Graph.from_edge_index([[0, 1], [1, 2], [2, 0]])
    with pytest.raises(ValueError, match="order must be one of.*'rows'"):
        Graph.from_edge_index([[0], [1]], order="rows")
    with pytest.raises(ValueError, match="order must be one of"):
        Graph(2, [0], [1]).to_edge_index("columns")
    with pytest.raises(ValueError, match="num_nodes must be given"):
        Graph.from_edge_index([[], []])
    with pytest.raises(ValueError, match="senders must lie in"):
        Graph.from_edge_index([[5], [0]], num_nodes=3)


def test_nodes_without_edges_need_the_number():
    assert Graph.from_edge_index([[], []], num_nodes=2).num_edges == 0
    assert Graph.from_edge_index([[0], [1]], 5).num_nodes == 5
