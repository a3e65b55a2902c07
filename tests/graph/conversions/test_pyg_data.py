import warnings

import numpy as np
import pytest
import torch

from keras_gt.graph import Graph
from tests.graph.example_graphs import random_graph

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # torch.jit, in PyG's own import
    from torch_geometric.data import Data


def test_round_trip():
    graph = random_graph(np.random.default_rng(6), 8, 21)
    data = graph.to_pyg()
    assert data.edge_index.dtype == data.edge_attr.dtype == torch.int64
    assert data.validate() and data.num_nodes == 8
    np.testing.assert_array_equal(data.positional_encoding, graph.encodings["positional_encoding"])
    again = Graph.from_pyg(data)
    for name in ("senders", "receivers", "node_features", "edge_features", "edge_weights"):
        np.testing.assert_array_equal(getattr(again, name), getattr(graph, name))


def test_a_column_of_edge_numbers_gets_its_axis():
    data = Data(edge_index=torch.tensor([[0], [1]]), edge_attr=torch.tensor([0.5]), num_nodes=3)
    graph = Graph.from_pyg(data)
    assert graph.edge_features.tolist() == [[0.5]] and graph.num_nodes == 3


def test_data_without_edges_is_refused():
    with pytest.raises(ValueError, match="data must have an edge_index"):
        Graph.from_pyg(Data(x=torch.ones(2, 1)))
