import numpy as np

from keras_gt.datasets.graph_arrays import stack_graphs, unstack_graphs
from keras_gt.graph import Graph


def test_graphs_come_back():
    graphs = [
        Graph(2, [0, 1], [1, 0], node_features=[[300, 0], [1, 2]], edge_features=[[3], [3]]),
        Graph(
            1,
            np.zeros(0, int),
            np.zeros(0, int),
            node_features=[[7, 0]],
            edge_features=np.zeros((0, 1), "int32"),
        ),
        Graph(3, [0], [2], node_features=np.zeros((3, 2), "int32"), edge_features=[[1]]),
    ]
    arrays = stack_graphs(graphs)
    assert arrays["node_features"].dtype == np.uint16 and arrays["senders"].dtype == np.uint8
    again = unstack_graphs(arrays)
    assert len(again) == 3
    for first, second in zip(graphs, again, strict=True):
        assert first.num_nodes == second.num_nodes
        for field in ("senders", "receivers", "node_features", "edge_features"):
            np.testing.assert_array_equal(getattr(first, field), getattr(second, field))
            assert getattr(second, field).dtype == np.int32
