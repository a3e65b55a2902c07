"""Scores of edges of two kinds against the specification."""

import numpy as np
import pytest
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.ops._backend import generic, native
from tests.ops.backend_gradients import tensor_of, to_numpy, value_and_gradients
from tests.ops.test_fast_paths import assert_close, flatten, random_plan

HEADS, WIDTH, FEATURES = 3, 12, 5
TABLES = ("query", "absent_query", "key", "absent_key")


def random_arrays(generator, receivers, senders, edges):
    """Tables of both kinds, features with their mark, and both kinds' kernels."""
    shapes = {"query": receivers, "absent_query": receivers, "key": senders, "absent_key": senders}
    arrays = {name: generator.normal(size=(*shapes[name], WIDTH)) for name in TABLES}
    arrays["features"] = generator.normal(size=(*edges, 1 + FEATURES))
    arrays["features"][..., 0] = generator.random(edges) < 0.4
    for name in ("kernel", "absent_kernel"):
        arrays[name] = generator.normal(size=(FEATURES, WIDTH))
    return {name: array.astype("float32") for name, array in arrays.items()}


def parts_of(query, absent_query, key, absent_key, kernel, absent_kernel):
    return [(query, key, kernel), (absent_query, absent_key, absent_kernel)]


def compare(calls, arrays, upstream):
    """Values and gradients of both calls; the mark itself has no gradient to compare."""
    results = [value_and_gradients(call, arrays, upstream) for call in calls]
    for _, gradients in results:
        gradients["features"][..., 0] = 0
    assert_close(flatten(*results[0]), flatten(*results[1]), 5e-6)


@pytest.mark.parametrize("graph", ["square", "bipartite", "unmasked", "nothing real", "no edges"])
def test_scores_equal_the_specification(graph):
    plan, (receivers, senders, edges) = random_plan(graph)
    generator = np.random.default_rng(1)
    arrays = random_arrays(generator, (receivers,), (senders,), (edges,))
    upstream = generator.normal(size=(edges, HEADS)).astype("float32")
    if plan["mask"] is not None:  # masked edges may have any score
        upstream[~to_numpy(plan["mask"])] = 0

    def call(function):
        def scores(features, **others):
            found = function(features, parts_of(**others), HEADS, plan)
            return (
                found
                if plan["mask"] is None
                else found * ops.cast(plan["mask"], "float32")[:, None]
            )

        return scores

    functions = (native("scores_of_kinds"), generic.scores_of_kinds)
    compare([call(function) for function in functions], arrays, upstream)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(("rows", "receivers", "senders"), [(2, 3, 4), (24, 40, 39)])
def test_scores_of_all_pairs_are_those_of_each_pair(rows, receivers, senders, masked):
    generator = np.random.default_rng(2)
    sizes = (rows, receivers), (rows, senders), (rows, receivers, senders)
    arrays = random_arrays(generator, *sizes)
    upstream = generator.normal(size=(*sizes[2], HEADS)).astype("float32")
    mask, real = None, tensor_of(np.float32(1))
    if masked:  # masked pairs may have any score
        mask = generator.random(sizes[2]) < 0.7
        mask[0] = mask[1, 1:] = False
        upstream[~mask] = 0
        real = tensor_of(mask[..., None].astype("float32"))

    def of_edges(query, key, features, **others):
        edge_set = graph_ops.resolve_edges(mask, query, key, None)
        return real * edge_set.scores_of_kinds(features, parts_of(query, key=key, **others), HEADS)

    def of_pairs(features, **others):
        scores = []
        for query, key, kernel in parts_of(**others):
            joint = query[:, :, None] * key[:, None] * ops.matmul(features[..., 1:], kernel)
            heads = ops.reshape(joint, (*sizes[2], HEADS, WIDTH // HEADS))
            scores.append(ops.sum(heads, axis=-1))
        return real * ops.where(features[..., :1] > 0.5, *scores)

    compare([of_edges, of_pairs], arrays, upstream)


def test_masked_edges_change_no_score_of_others():
    generator = np.random.default_rng(3)
    arrays = random_arrays(generator, (1, 4), (1, 4), (1, 3))
    mask = np.array([[True, False, True]])
    edges = {"senders": np.array([[0, 1, 2]]), "receivers": np.array([[3, 3, 1]]), "mask": mask}
    tensors = {name: tensor_of(array) for name, array in arrays.items()}
    features = tensors.pop("features")
    edge_set = graph_ops.resolve_edges(edges, tensors["query"], None, None)
    scores = to_numpy(edge_set.scores_of_kinds(features, parts_of(**tensors), HEADS))
    kinds = np.where(arrays["features"][0, :, 0] > 0.5, "", "absent_")
    for edge, (sender, receiver) in {0: (0, 3), 2: (2, 1)}.items():
        query, key, kernel = (arrays[kinds[edge] + name] for name in ("query", "key", "kernel"))
        joint = query[0, receiver] * key[0, sender] * (arrays["features"][0, edge, 1:] @ kernel)
        assert_close([scores[0, edge]], [joint.reshape(HEADS, -1).sum(axis=1)], 1e-5)
