import inspect

import numpy as np
import pytest

from keras_gt.graph import add_encodings, encode, encodings, symmetrise
from tests.graph.example_graphs import random_graph

OPTIONS = {"k": 3, "steps": 4, "max_distance": 2, "hops": 2}


def test_every_kind_is_computed_and_fits_its_graph():
    graph = symmetrise(random_graph(np.random.default_rng(5), 7, 15))
    wanted, kinds = {}, encode.NODE_KINDS + encode.PAIR_KINDS
    for kind in kinds:
        names = inspect.signature(getattr(encodings, kind)).parameters
        wanted[kind] = {"kind": kind} | {key: OPTIONS[key] for key in OPTIONS if key in names}
    found = add_encodings(graph, wanted).validate()
    assert set(encode.NODE_KINDS) <= set(found.encodings)
    assert set(encode.PAIR_KINDS) <= set(found.pair_encodings)
    expected = encodings.random_walk_pairs(graph, 4)
    np.testing.assert_array_equal(found.pair_encodings["random_walk_pairs"], expected)


def test_what_a_graph_carries_is_kept():
    graph = random_graph(np.random.default_rng(5), 7, 15)
    options = {"kind": "shortest_path_distances", "max_distance": 2}
    found = add_encodings(graph, {"distances": options})
    assert found.pair_encodings["distances"] is graph.pair_encodings["distances"]


def test_unknown_kinds_are_refused():
    with pytest.raises(ValueError, match="encodings must have a kind of .*random_walk_pairs"):
        add_encodings(random_graph(np.random.default_rng(5), 7, 15), {"walks": {"kind": "walks"}})


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("laplacian_eigenvectors", "k", 2.5),
        ("laplacian_eigenvalues", "k", True),
        ("random_walk_probabilities", "steps", "3"),
        ("random_walk_pairs", "steps", None),
        ("shortest_path_distances", "max_distance", 2.5),
        ("shortest_path_features", "max_distance", "2"),
        ("hop_features", "hops", 1.0),
    ],
)
def test_counts_must_be_integers(kind, name, value):
    graph = symmetrise(random_graph(np.random.default_rng(5), 7, 15))
    message = f"{name} must be an integer. Give a whole number. Received: {name}={value!r}"
    with pytest.raises(ValueError, match=message):
        encode.encode(graph, {"kind": kind, name: value})
    found = encode.encode(graph, {"kind": kind, name: np.int64(2)})
    assert len(found) == 7
