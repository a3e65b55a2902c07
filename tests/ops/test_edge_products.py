"""Products along edges and sums of weighted values against the specification."""

import numpy as np
import pytest
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.ops._backend import generic, native
from tests.ops.backend_gradients import tensor_of, to_numpy, value_and_gradients
from tests.ops.test_fast_paths import assert_close, flatten, make_plan, random_plan

HEADS, SIZE = 3, 4
WIDTH = HEADS * SIZE


def compare(name, arrays, call, upstream, tolerance=2e-6):
    fast, slow = (
        value_and_gradients(
            lambda function=function, **given: call(function, **given), arrays, upstream
        )
        for function in (native(name), getattr(generic, name))
    )
    assert_close(flatten(*fast), flatten(*slow), tolerance)


def products_of(plan, keep, parts):
    """The wanted parts of the products side by side, as one tensor."""

    def call(function, query, key, pairs):
        joint, scores = function(query, key, pairs, HEADS, plan, keep)
        assert keep or joint is None
        return ops.concatenate([{"joint": joint, "scores": scores}[part] for part in parts], axis=1)

    return call


def random_arrays(counts, generator):
    sizes = zip(("query", "key", "pairs"), counts, strict=True)
    return {name: generator.normal(size=(n, WIDTH)).astype("float32") for name, n in sizes}


@pytest.mark.parametrize(
    ("keep", "parts"),
    [(True, ["joint", "scores"]), (True, ["scores"]), (True, ["joint"]), (False, ["scores"])],
)
@pytest.mark.parametrize("graph", ["square", "bipartite", "one node", "no edges"])
def test_products_equal_the_specification(graph, keep, parts):
    plan, counts = random_plan(graph)
    generator = np.random.default_rng(1)
    width = sum({"joint": WIDTH, "scores": HEADS}[part] for part in parts)
    upstream = generator.normal(size=(counts[2], width)).astype("float32")
    compare(
        "edge_products",
        random_arrays(counts, generator),
        products_of(plan, keep, parts),
        upstream,
    )


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("senders", [4, 0])
def test_products_of_all_pairs_equal_the_specification(senders, keep):
    generator = np.random.default_rng(1)
    shapes = {"query": (2, 3), "key": (2, senders), "pairs": (2, 3, senders)}
    arrays = {
        name: generator.normal(size=(*shape, WIDTH)).astype("float32")
        for name, shape in shapes.items()
    }

    def call(function, query, key, pairs):
        results = function(query, key, pairs, HEADS, keep)
        return ops.concatenate([result for result in results if result is not None], axis=-1)

    width = WIDTH + HEADS if keep else HEADS
    upstream = generator.normal(size=(2, 3, senders, width)).astype("float32")
    compare("dense_products", arrays, call, upstream)


@pytest.mark.parametrize("graph", ["square", "bipartite", "one node", "no edges"])
def test_weighted_values_equal_the_specification(graph):
    plan, (num_receivers, num_senders, num_edges) = random_plan(graph)
    generator = np.random.default_rng(1)
    arrays = {
        "weights": generator.normal(size=(num_edges, HEADS)).astype("float32"),
        "value": generator.normal(size=(num_senders, HEADS, SIZE)).astype("float32"),
    }
    upstream = generator.normal(size=(num_receivers, HEADS, SIZE)).astype("float32")
    compare(
        "aggregate_values",
        arrays,
        lambda function, weights, value: function(weights, value, plan, num_receivers),
        upstream,
    )


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("graph", ["square", "bipartite", "one node", "no edges"])
def test_shares_equal_the_specification(graph, wide):
    plan, (num_receivers, _, num_edges) = random_plan(graph)
    generator = np.random.default_rng(1)
    arrays = {
        "weights": generator.uniform(size=(num_edges, HEADS)).astype("float32"),
        "others": generator.uniform(1, 2, (num_receivers, HEADS if wide else 1)).astype("float32"),
    }
    upstream = generator.normal(size=(num_edges, HEADS)).astype("float32")
    compare(
        "edge_shares",
        arrays,
        lambda function, weights, others: function(weights, others, plan, num_receivers),
        upstream,
    )


def test_shares_of_masked_edges_are_0_whatever_they_hold():
    receivers, senders = np.array([3, 3, 3]), np.array([0, 1, 2])
    plan = make_plan(receivers, senders, 4, 4, np.array([True, False, True]))
    weights, others = np.array([[1.0], [np.nan], [2.0]], "float32"), np.ones((4, 1), "float32")
    for function in (native("edge_shares"), generic.edge_shares):
        shares = to_numpy(function(tensor_of(weights), tensor_of(others), plan, 4))
        assert shares.ravel().tolist() == [0.25, 0, 0.5]


def test_shares_of_half_types_are_in_float32():
    edges = {"senders": np.zeros((1, 900), int), "receivers": np.zeros((1, 900), int)}
    edge_set = graph_ops.resolve_edges(edges, ops.zeros((1, 1, 1)), None, None)
    shares = edge_set.shares(tensor_of(np.full((1, 900, 1), 148, "float16")), 1e-6)
    assert np.allclose(to_numpy(shares), 1 / 900)  # float16 has no sum above 65504


def test_more_edges_than_two_chunks_hold():
    generator = np.random.default_rng(0)
    num_nodes, num_edges = 300, 2**19 // WIDTH + 5000
    receivers = np.sort(generator.integers(0, num_nodes, num_edges))
    senders = generator.integers(0, num_nodes, num_edges)
    plan = make_plan(receivers, senders, num_nodes, num_nodes, None)
    upstream = generator.normal(size=(num_edges, WIDTH + HEADS)).astype("float32")
    arrays = random_arrays((num_nodes, num_nodes, num_edges), generator)
    compare("edge_products", arrays, products_of(plan, True, ["joint", "scores"]), upstream, 1e-5)


def test_half_types_are_summed_in_float32():
    count = 4096
    plan = make_plan(np.zeros(count, int), np.arange(count) % 2, 1, 2, None)
    weights, value = np.ones((count, HEADS)), np.ones((2, HEADS, SIZE))
    total = native("aggregate_values")(
        tensor_of(weights.astype("float16")), tensor_of(value.astype("float16")), plan, 1
    )
    assert np.all(to_numpy(total) == count)  # float16 alone stops at 2048


def test_an_aggregation_leaves_masked_edges_out():
    generator = np.random.default_rng(3)
    value = generator.normal(size=(1, 4, HEADS, SIZE)).astype("float32")
    features = np.zeros((1, 4, 1), "float32")
    mask = np.array([[True, False, True]])
    edges = {"senders": np.array([[0, 1, 2]]), "receivers": np.array([[3, 3, 3]]), "mask": mask}
    edge_set = graph_ops.resolve_edges(edges, ops.convert_to_tensor(features), None, None)
    total = edge_set.aggregate(ops.ones((1, 3, HEADS)), tensor_of(value))
    assert_close([to_numpy(total)[0, 3]], [value[0, 0] + value[0, 2]], 1e-6)
    dense = graph_ops.resolve_edges(
        np.array([[[True, False, True, False]] * 4]), ops.convert_to_tensor(features), None, None
    )
    total = dense.aggregate(ops.ones((1, HEADS, 4, 4)), tensor_of(value))
    assert_close([to_numpy(total)[0, 3]], [value[0, 0] + value[0, 2]], 1e-6)
