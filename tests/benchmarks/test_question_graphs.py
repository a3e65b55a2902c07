"""The graphs of the essay's questions: who reads whom, and what can be heard of."""

import numpy as np
import pytest

from benchmarks.questions import input_graphs, long_dependencies
from keras_gt.graph import ConstituencyTree, window

TREE = ConstituencyTree.from_brackets("(S (A (B a) (C (D b) (E c))) (F d))")


def test_steps_in_a_tree():
    steps = input_graphs.tree_distances(TREE.parents, np.arange(4))
    assert steps.tolist() == [[0, 3, 3, 3], [3, 0, 2, 4], [3, 2, 0, 4], [3, 4, 4, 0]]
    parts = input_graphs.tree_distances(TREE.parents, np.array([0, 0, 3]))  # a word of two tokens
    assert parts.tolist() == [[0, 0, 3], [0, 0, 3], [3, 3, 0]]


def test_a_balanced_tree_joins_neighbours():
    assert input_graphs.balanced_parents(5).tolist() == [5, 5, 6, 6, 7, 8, 8, 9, 10, 10, -1]
    assert input_graphs.balanced_parents(1).tolist() == [-1]


def test_the_nearest_in_the_tree_are_read():
    steps = input_graphs.tree_distances(TREE.parents, np.arange(4))
    senders, receivers = input_graphs.nearest_in_tree(steps, 1)
    assert receivers.tolist() == window(4, 1)[1].tolist()
    found = [senders[receivers == word].tolist() for word in range(4)]
    assert found == [[0, 1], [1, 2, 0], [2, 1, 0], [3, 0]]


@pytest.mark.parametrize("length", [1, 2, 9])
def test_window_random_and_tree_have_as_many_edges(length):
    parents = input_graphs.balanced_parents(length)
    steps = input_graphs.tree_distances(parents, np.arange(length))
    words = [(np.arange(length, dtype=np.int32), steps)]
    graphs = {name: input_graphs.graphs_of(words, name)[0] for name in input_graphs.EDGES}
    assert graphs["complete"].num_edges == length**2
    for name in ("window", "random", "tree"):
        graph = graphs[name].validate()
        assert graph.num_edges == len(window(length, input_graphs.WINDOW)[0])
        pairs = set(zip(graph.senders.tolist(), graph.receivers.tolist(), strict=True))
        assert len(pairs) == graph.num_edges and {(n, n) for n in range(length)} <= pairs


def test_tokens_know_their_word():
    leaves = input_graphs.leaves_of("do n't go", [(0, 2), (3, 4), (4, 5), (5, 6), (7, 9)])
    assert leaves.tolist() == [0, 1, 1, 1, 2]


def test_the_summary_pairs_seeds():
    runs = [
        {
            "settings": input_graphs.settings_of("trec", edges),
            "seed": seed,
            "test_accuracy": 80.0 + seed + gain,
            "edges_a_text": 5.0,
            "parameters": 7,
        }
        for edges, gain in (("complete", 0), ("tree", 2))
        for seed in ((0, 1, 2) if edges == "complete" else (2, 1))
    ]
    rows = input_graphs.summary(runs)["trec"]
    assert set(rows) == {"complete", "tree"} and rows["complete"]["mean"] == 81
    assert rows["tree"]["difference"]["runs"] == [2, 2]
    assert rows["tree"]["edges_a_text"] == 5 and rows["complete"]["difference"] is None


def test_segments_read_the_one_before():
    senders, receivers = long_dependencies.segments(6, 2)
    found = [senders[receivers == place].tolist() for place in range(6)]
    assert found == [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3], [2, 3, 4], [2, 3, 4, 5]]


def test_sequences_hold_one_cue_and_one_question():
    inputs, cues, distances = long_dependencies.sequences(50, 16, 31, np.random.default_rng(0))
    tokens = inputs["tokens"]
    first, last = long_dependencies.FIRST_CUE, long_dependencies.FIRST_NOISE
    is_cue = (tokens >= first) & (tokens < last)
    assert (is_cue.sum(axis=1) == 1).all() and (tokens[:, 16:] == long_dependencies.SPAN).all()
    rows = np.arange(50)
    assert (tokens[rows, 15 - distances] == first + cues).all()
    assert ((tokens == long_dependencies.QUESTION).sum(axis=1) == 1).all()


@pytest.mark.parametrize(("kind", "count"), [("segments", 12), ("window + memory nodes", 17)])
def test_gradients_end_where_the_edges_end(kind, count):
    reach = long_dependencies.reach_of(kind, 32)
    assert reach.sum() == count and reach[32 - count :].all()
    np.testing.assert_array_equal(long_dependencies.gradient_reach(kind, 32), reach)


def test_accuracies_in_and_out_of_reach():
    reach = np.array([False] * 4 + [True] * 4)
    right, distances = np.array([True, True, False, True]), np.array([1, 3, 5, 6])
    found = long_dependencies.accuracies(right, distances, reach)
    assert (found["accuracy"], found["in_reach"], found["out_of_reach"]) == (75, 100, 50)
    assert found["by_quarter"] == [100, 100, 0, 100] and found["share_in_reach"] == 50
