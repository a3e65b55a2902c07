import numpy as np
import pytest

from keras_gt.graph import Graph, GraphStore, plan_edges
from tests.graph.example_graphs import random_graphs, sorted_rows

SLOTS = np.array([[4, 1, -1], [0, 5, 2], [3, -1, -1], [-1, -1, -1]])
NUM_NODES, NUM_EDGES = 41, 97


@pytest.fixture(scope="module")
def graphs():
    return random_graphs(seed=3, count=6)


@pytest.fixture(scope="module")
def batch(graphs):
    return GraphStore(graphs).batch(SLOTS, NUM_NODES, NUM_EDGES)


def edge_table(columns):
    """One row an edge, in a fixed order."""
    columns = [column[:, None] if column.ndim == 1 else column for column in columns]
    return sorted_rows(np.concatenate(columns, axis=1))


def test_each_graph_lies_in_its_slot_with_all_it_carries(graphs, batch):
    for row, slots in enumerate(SLOTS):
        start = 0
        for slot, index in enumerate(slots):
            assert batch["graph_mask"][row, slot] == (index >= 0)
            if index < 0:
                continue
            graph = graphs[index]
            nodes = slice(start, start + graph.num_nodes)
            for name, array in graph.node_arrays().items():
                np.testing.assert_array_equal(batch[name][row, nodes], array)
            for name, array in graph.pair_encodings.items():
                np.testing.assert_array_equal(batch[name][row, nodes, nodes], array)
            assert (batch["graph_ids"][row, nodes] == slot).all()
            assert batch["node_mask"][row, nodes].all()

            real = batch["edge_mask"][row]
            inside = real & (batch["graph_ids"][row][batch["senders"][row]] == slot)
            columns = ["senders", "receivers", "edge_features", "edge_weights"]
            got = [batch[name][row][inside] for name in columns]
            got[0], got[1] = got[0] - start, got[1] - start
            expected = [getattr(graph, name) for name in columns]
            np.testing.assert_array_equal(edge_table(got), edge_table(expected))
            start += graph.num_nodes


def test_pairs_of_different_graphs_and_padding_are_zero(graphs, batch):
    for row, slots in enumerate(SLOTS):
        real = sum(graphs[index].num_nodes ** 2 for index in slots if index >= 0)
        assert np.count_nonzero(batch["distances"][row]) == real
        assert np.count_nonzero(batch["walks"][row].any(axis=-1)) == real
    assert batch["distances"].shape == (4, NUM_NODES, NUM_NODES)
    assert (batch["distances"].dtype, batch["walks"].dtype) == (np.int32, np.float32)


def test_pair_arrays_above_the_budget_are_refused(graphs):
    store = GraphStore(graphs, max_pair_elements=2 * 41 * 41 * 4 - 1)
    with pytest.raises(
        ValueError, match="at most max_pair_elements.*4 x 41 x 41 pairs x 2 = 13448"
    ):
        store.batch(SLOTS, NUM_NODES, NUM_EDGES)
    assert "walks" in store.batch(SLOTS[:, :1], 13, NUM_EDGES)


def test_padding_is_masked_last_and_harmless(graphs, batch):
    counts = np.where(SLOTS >= 0, [[graphs[i].num_nodes for i in row] for row in SLOTS], 0)
    np.testing.assert_array_equal(batch["node_mask"].sum(1), counts.sum(1))
    np.testing.assert_array_equal(np.sort(~batch["node_mask"], 1), ~batch["node_mask"])
    np.testing.assert_array_equal(np.sort(~batch["edge_mask"], 1), ~batch["edge_mask"])
    for name in ("senders", "receivers"):
        assert (batch[name][~batch["edge_mask"]] == NUM_NODES - 1).all()
    assert (batch["feature_ids"][~batch["node_mask"]] == -1).all()
    assert (batch["node_features"][~batch["node_mask"]] == 0).all()
    assert (batch["edge_weights"][~batch["edge_mask"]] == 0).all()


@pytest.mark.parametrize("spare", [0, 3])
def test_the_plan_is_that_of_plan_edges(graphs, spare):
    """Also where the last real node takes the padding edges, because no node is spare."""
    slots = SLOTS[:2, ::-1]
    most = max(sum(graphs[i].num_nodes for i in row if i >= 0) for row in slots)
    batch = GraphStore(graphs).batch(slots, most + spare, NUM_EDGES)
    plan = plan_edges(
        batch["senders"], batch["receivers"], batch["edge_mask"], num_nodes=most + spare
    )
    np.testing.assert_array_equal(plan.pop("order"), np.tile(np.arange(NUM_EDGES), (2, 1)))
    for name, array in plan.items():
        np.testing.assert_array_equal(batch[name], array, err_msg=name)
        assert batch[name].dtype == array.dtype


def test_edges_of_one_receiver_keep_their_order():
    graph = Graph(2, [1, 0, 1, 0], [0, 1, 1, 0], edge_weights=[1, 2, 3, 4])
    batch = GraphStore([graph, graph]).batch([[0, 1]], 4, 8)
    assert batch["edge_weights"].tolist() == [[1, 4, 2, 3, 1, 4, 2, 3]]


def test_node_values_lie_like_nodes(graphs):
    store = GraphStore(graphs)
    values = np.concatenate([graph.node_features for graph in graphs])
    batch = store.batch(SLOTS, NUM_NODES, NUM_EDGES)
    laid_out = store.node_values(values, SLOTS, NUM_NODES)
    np.testing.assert_array_equal(laid_out, batch["node_features"])


def test_bags_of_words_are_widened():
    graphs = [Graph(1, [], [], feature_ids=[[3]]), Graph(1, [], [], feature_ids=[[1, 2]])]
    batch = GraphStore(graphs).batch([[0, 1]], 3, 0)
    assert batch["feature_ids"].tolist() == [[[3, -1], [1, 2], [-1, -1]]]


def test_errors(graphs):
    with pytest.raises(ValueError, match="graphs must hold at least one graph.*no graphs"):
        GraphStore([])
    with pytest.raises(ValueError, match=r"graphs\[1\]: senders must lie in"):
        GraphStore([graphs[0], Graph(1, [1], [0])])
    with pytest.raises(ValueError, match=r"same arrays.*\['node_features'\] in graphs\[0\], \[\]"):
        GraphStore([Graph(1, [], [], node_features=[[1.0]]), Graph(1, [], [])])
    with pytest.raises(ValueError, match=r"node_features must have the same width.*\(1,\).*\(2,\)"):
        GraphStore([Graph(1, [], [], node_features=np.ones((1, w))) for w in (1, 2)])
    with pytest.raises(ValueError, match=r"walks must have the same width.*\(1,\).*\(2,\)"):
        pairs = [np.ones((1, 1, width)) for width in (1, 2)]
        GraphStore([Graph(1, [], [], pair_encodings={"walks": array}) for array in pairs])
    with pytest.raises(ValueError, match=r"same arrays.*\['walks'\] in graphs\[0\], \[\]"):
        GraphStore([Graph(1, [], [], pair_encodings={"walks": pairs[0]}), Graph(1, [], [])])
    with pytest.raises(ValueError, match="node_features must have the same width and type"):
        GraphStore([Graph(1, [], [], node_features=np.ones((1, 1), t)) for t in (int, float)])
    with pytest.raises(ValueError, match="budget of 5 nodes a row.*a row with"):
        GraphStore(graphs).batch(SLOTS, 5, NUM_EDGES)
    with pytest.raises(ValueError, match="budget of 5 edges a row.*a row with"):
        GraphStore(graphs).batch(SLOTS, NUM_NODES, 5)
