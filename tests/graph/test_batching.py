import numpy as np
import pytest

from keras_gt.graph import Graph, GraphStore, batch_graphs
from tests.graph.example_graphs import random_graphs


def test_graphs_go_to_rows_in_order_with_tight_budgets():
    graphs = random_graphs(seed=5, count=5)
    batch = batch_graphs(graphs, rows=2)
    nodes = [graph.num_nodes for graph in graphs]
    assert batch["graph_mask"].tolist() == [[True, True, True], [True, True, False]]
    assert batch["node_mask"].shape == (2, max(sum(nodes[:3]), sum(nodes[3:])))
    assert batch["node_mask"].sum(1).tolist() == [sum(nodes[:3]), sum(nodes[3:])]


def test_given_budgets_are_kept():
    graphs = random_graphs(seed=5, count=3)
    batch = batch_graphs(graphs, num_nodes=53, num_edges=101, num_graphs=7)
    expected = GraphStore(graphs).batch([[0, 1, 2, -1, -1, -1, -1]], 53, 101)
    for name, array in batch.items():
        np.testing.assert_array_equal(array, expected[name])


def test_errors():
    graphs = [Graph(4, [0, 1], [1, 2])] * 3
    with pytest.raises(ValueError, match="rows x num_graphs.*3 graphs, rows=1, num_graphs=2"):
        batch_graphs(graphs, num_graphs=2)
    with pytest.raises(ValueError, match="budget of 11 nodes a row.*12 nodes"):
        batch_graphs(graphs, num_nodes=11)
    with pytest.raises(ValueError, match="budget of 5 edges a row.*6 edges"):
        batch_graphs(graphs, num_edges=5)
    with pytest.raises(ValueError, match="at least one graph"):
        batch_graphs([])
