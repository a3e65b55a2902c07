"""The graph transformer over a graph, an expander and virtual nodes."""

import keras
import numpy as np
import pytest

from keras_gt.graph import Graph, add_expander_edges
from keras_gt.loaders import GraphLoader
from keras_gt.models import GraphRegressor, GraphTransformer
from tests.models.small_models import outputs

NUM_HUBS = 2


def ring(num_nodes):
    nodes = np.arange(num_nodes)
    after = np.roll(nodes, -1)
    ends = np.append(nodes, after), np.append(after, nodes)
    return Graph(num_nodes, *ends, node_features=nodes % 3)


def with_expander(num_nodes, seed=0):
    """Categories 3 and 4 are the virtual nodes'."""
    return add_expander_edges(ring(num_nodes), 4, NUM_HUBS, seed, node_value=[3, 4])


GRAPHS = [with_expander(nodes, seed=nodes) for nodes in (11, 5, 13)]  # 5: the complete graph


@pytest.fixture(scope="module")
def task():
    keras.utils.set_random_seed(3)
    backbone = GraphTransformer(
        {"categories": [5]}, 8, 1, 2, edge_features={"categories": [2 + 2 * NUM_HUBS]}
    )
    return GraphRegressor(backbone)


def test_nodes_read_along_every_kind_of_edge(task):
    graph = GRAPHS[0]
    inputs = graph.inputs()
    before = outputs(task.backbone, inputs)
    for node in (5, 12):  # one of the ring, and a virtual one
        changed = inputs["node_features"].copy()
        changed[0, node] = (changed[0, node] + 1) % 5
        moved = outputs(task.backbone, {**inputs, "node_features": changed})
        reached = np.flatnonzero(np.abs(moved - before).max(axis=(0, 2)) > 1e-6)
        readers = graph.receivers[graph.senders == node]
        assert set(reached) == {node, *readers}
    assert {4, 6, 11, 12} < set(graph.receivers[graph.senders == 5])


def test_every_type_of_edge_has_numbers_of_its_own(task):
    inputs = GRAPHS[0].inputs()
    before = outputs(task.backbone, inputs)
    for kind in range(2 + 2 * NUM_HUBS):
        types = inputs["edge_features"]
        types = np.where(types == kind, (kind + 1) % 6, types)
        moved = outputs(task.backbone, {**inputs, "edge_features": types})
        assert np.abs(moved - before).max() > 1e-4, kind


def test_packed_rows_and_training(task):
    inputs, labels = GraphLoader(GRAPHS, np.arange(3.0))[0]
    together = outputs(task, inputs)
    found = task.predict(GRAPHS, verbose=0)
    np.testing.assert_allclose(found, together.reshape(found.shape), rtol=1e-4, atol=1e-5)
    task.compile(keras.optimizers.Adam(0.01), "mse")
    losses = task.fit(inputs, labels, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
