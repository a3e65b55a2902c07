import numpy as np
import pytest

from keras_gt.datasets import encode_graphs, encoded_graphs
from keras_gt.graph import Graph, add_encodings
from tests.graph.example_graphs import random_graph

ENCODINGS = {
    "returns": {"kind": "random_walk_probabilities", "steps": 3},
    "tokens": {"kind": "hop_features", "hops": 2},
    "rrwp": {"kind": "random_walk_pairs", "steps": 4},
    "spd": {"kind": "shortest_path_distances", "max_distance": 3},
}


@pytest.fixture
def graphs():
    rng = np.random.default_rng(7)
    return [random_graph(rng, nodes, nodes + 3) for nodes in (5, 1, 8)]


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_GT_CACHE", str(tmp_path))
    return tmp_path / "parsed"


def count_calls(monkeypatch):
    """How often an encoding is computed, as a list that grows."""
    calls, compute = [], encoded_graphs.encode
    monkeypatch.setattr(
        encoded_graphs, "encode", lambda *arguments: calls.append(1) or compute(*arguments)
    )
    return calls


def assert_same(found, expected):
    for one, other in zip(found, expected, strict=True):
        for field in ("encodings", "pair_encodings"):
            first, second = getattr(one, field), getattr(other, field)
            assert first.keys() == second.keys()
            for name, array in first.items():
                np.testing.assert_array_equal(array, second[name])
                assert array.dtype == second[name].dtype


def test_the_cache_gives_what_is_computed(graphs, cache, monkeypatch):
    expected = [add_encodings(graph, ENCODINGS) for graph in graphs]
    calls = count_calls(monkeypatch)
    assert_same(encode_graphs(graphs, ENCODINGS), expected)
    assert len(calls) == 12 and len(list(cache.iterdir())) == 4
    assert_same(encode_graphs(graphs, ENCODINGS), expected)
    assert len(calls) == 12
    assert_same(encode_graphs(expected, ENCODINGS), expected)  # what graphs carry is kept
    assert len(list(cache.iterdir())) == 4


def test_whatever_differs_is_computed(graphs, cache, monkeypatch):
    calls, walks = count_calls(monkeypatch), {"rrwp": ENCODINGS["rrwp"]}
    encode_graphs(graphs, walks, progress=False)
    changes = [
        graphs[:2],
        graphs[::-1],
        [*graphs[:2], graphs[2].replace(edge_weights=graphs[2].edge_weights + 1)],
        [*graphs[:2], graphs[2].replace(senders=graphs[2].receivers, receivers=graphs[2].senders)],
        [graphs[0], Graph(1, [], []), graphs[2]],
    ]
    for position, changed in enumerate(changes):
        before = len(calls)
        encode_graphs(changed, walks, progress=False)
        assert len(calls) > before, position
    before = len(calls)
    encode_graphs(graphs, {"rrwp": {"kind": "random_walk_pairs", "steps": 5}}, progress=False)
    monkeypatch.setattr(encoded_graphs, "VERSION", 2)
    encode_graphs(graphs, walks, progress=False)
    assert len(calls) == before + 6


def test_a_damaged_file_is_computed_again(graphs, cache):
    encodings = {"rrwp": {"kind": "random_walk_pairs", "steps": 40}}
    expected = encode_graphs(graphs, encodings)
    (path,) = cache.iterdir()
    whole = path.read_bytes()
    middle = len(whole) // 2
    for damaged in (
        b"",
        b"junk",
        whole[:middle],
        whole[:middle] + bytes(64) + whole[middle + 64 :],
    ):
        path.write_bytes(damaged)
        assert_same(encode_graphs(graphs, encodings), expected)
        assert path.read_bytes() == whole


def test_no_graphs_and_unknown_kinds(cache):
    assert encode_graphs([], ENCODINGS) == []
    with pytest.raises(ValueError, match="encodings must have a kind of"):
        encode_graphs([], {"walks": {"kind": "walks"}})


def test_a_bar_on_a_terminal_shows_what_is_computed(graphs, cache, monkeypatch, capsys):
    walks = {"walks": {"kind": "random_walk_probabilities", "steps": 3}}
    encode_graphs(graphs, walks)
    assert capsys.readouterr().err == ""  # no terminal
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("rich.console.Console.is_terminal", True)
    encode_graphs(graphs, {"walks": {"kind": "random_walk_probabilities", "steps": 4}})
    assert "random_walk_probabilities" in (shown := capsys.readouterr().err)
    assert "100%" in shown
    encode_graphs(graphs, {"walks": {"kind": "random_walk_probabilities", "steps": 5}}, False)
    assert capsys.readouterr().err == ""
