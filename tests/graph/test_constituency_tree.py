import pytest

from keras_gt.graph import ConstituencyTree


def test_words_come_first_and_the_root_last():
    tree = ConstituencyTree.from_brackets("(3 (2 It) (4 (4 (2 's) (4 great)) (2 .)))")
    assert tree.words == ("It", "'s", "great", ".")
    assert tree.labels == ("2", "2", "4", "2", "4", "4", "3")
    assert tree.parents.tolist() == [6, 4, 4, 5, 5, 6, -1]


def test_edges_go_up_and_down():
    graph = ConstituencyTree.from_brackets("(3 (2 no) (4 laughs))").graph()
    assert graph.senders.tolist() == [0, 2, 1, 2]
    assert graph.receivers.tolist() == [2, 0, 2, 1]
    assert graph.edge_features.tolist() == [0, 1, 0, 1]


def test_phrases_read_all_that_is_inside_them():
    tree = ConstituencyTree.from_brackets("(3 (2 It) (4 (4 (2 's) (4 great)) (2 .)))")
    graph = tree.graph("spans")
    pairs = list(zip(graph.senders.tolist(), graph.receivers.tolist(), strict=True))
    kinds = graph.edge_features.tolist()
    assert pairs[:6] == [(0, 6), (1, 4), (2, 4), (3, 5), (4, 5), (5, 6)] and kinds[:6] == [0] * 6
    assert pairs[6:] == [(1, 5), (1, 6), (2, 5), (2, 6), (3, 6), (4, 6)] and kinds[6:] == [2] * 6


def test_one_word_may_be_a_tree():
    tree = ConstituencyTree.from_brackets(" (2 Yes)\n")
    assert (tree.words, tree.parents.tolist()) == (("Yes",), [-1])
    assert tree.graph().num_edges == 0 and tree.graph("spans").num_edges == 0


def test_unknown_edges():
    with pytest.raises(ValueError, match=r"edges must be one of .*Received: edges='up'"):
        ConstituencyTree.from_brackets("(2 Yes)").graph("up")


def test_what_treebanks_escape_is_written_plainly():
    tree = ConstituencyTree.from_brackets("(2 (2 -LRB-) (2 (2 and\\/or) (2 (2 \\*) (2 -RRB-))))")
    assert tree.words == ("(", "and/or", "*", ")")


def test_words_may_hold_a_no_break_space():
    assert ConstituencyTree.from_brackets("(2 8\u00a01\\/2)").words == ("8\u00a01/2",)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "close every bracket"),
        ("(2 (2 a)", "close every bracket"),
        ("(2 a))", "end with the bracket of its root"),
        ("(2 a) (2 b)", "end with the bracket of its root"),
        ("2 a", "begin with a bracket"),
        (")", "begin with a bracket"),
        ("()", "have a label, then one word or further brackets"),
        ("(2)", "have a label, then one word or further brackets"),
        ("((2 a))", "have a label, then one word or further brackets"),
        ("(2 a b)", "have a label, then one word or further brackets"),
        ("(2 a (2 b))", "have a label, then one word or further brackets"),
        ("(2 (2 a) b)", "have a label, then one word or further brackets"),
    ],
)
def test_errors(text, rule):
    with pytest.raises(ValueError, match=f"A tree must {rule}.*Received: '"):
        ConstituencyTree.from_brackets(text)
