import pytest

from keras_gt.graph import Graph, read_conllu

SENTENCES = """\
# sent_id = first
# text = They don't buy = sell.
# no value
1 They they PRON PRP Number=Plur 4 nsubj 4:nsubj|6:nsubj _
2-3 don't _ _ _ _ _ _ _ _
2 do do AUX VBP _ 4 aux 4:aux _
3 n't not PART RB _ 4 advmod 4:advmod _
4 buy buy VERB VB _ 0 root 0:root _
5 = = _ _ _ 6 cc:preconj _ _
5.1 they they PRON _ _ _ _ 4:nsubj _
6 sell sell VERB VB _ 4 conj 4:conj SpaceAfter=No
7 . . PUNCT . _ 4 punct 4:punct _


1 Yes yes INTJ UH _ 0 root 0:root _
"""


def tabs(text):
    lines = text.split("\n")
    return "\n".join(line if line[:1] == "#" else line.replace(" ", "\t") for line in lines)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_words_heads_and_comments_are_read(newline):
    first, second = read_conllu(tabs(SENTENCES).replace("\n", newline))
    assert first.words == ("They", "do", "n't", "buy", "=", "sell", ".")
    assert first.heads.tolist() == [3, 3, 3, -1, 5, 3, 3]
    assert first.parts_of_speech[:5] == ("PRON", "AUX", "PART", "VERB", "X")
    assert first.relations[3:6] == ("root", "cc:preconj", "conj")
    assert first.comments == {"sent_id": "first", "text": "They don't buy = sell.", "no value": ""}
    assert (second.words, second.comments) == (("Yes",), {})


def test_a_line_break_of_unicode_ends_no_line():
    (tree,) = read_conllu(tabs("1 a\u2028b a X _ _ 0 root _ _"))
    assert tree.words == ("a\u2028b",)


def test_a_file_may_be_empty():
    assert read_conllu("") == read_conllu("# newdoc\n\n") == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1 a a X _ _ 0 root _", "a.conllu must have 10 columns .*: line 4: 1\ta"),
        ("2 a a X _ _ 0 root _ _", "must number the words 1, 2, ...; here 1. .*line 4"),
        ("x-2 a a X _ _ 0 root _ _", "must number the words"),
        ("1 a a NN _ _ 0 root _ _", "must have a part of speech among .*line 4"),
        ("1 a a X _ _ _ root _ _", "must have the number of a word, or 0, in column 7"),
        ("1 a a X _ _ -1 root _ _", "must have the number of a word, or 0, in column 7"),
        ("1 a a X _ _ 0 ROOT _ _", "must have a relation among .* in column 8"),
        ("1 a a X _ _ 2 obj _ _", "must have heads among its 1 words.*line 3: head 2"),
        ("1 a a X _ _ 0 root _ _\n2 b b X _ _ 0 root _ _", "have one root.*line 3: 2 roots"),
        ("1 a a X _ _ 2 obj _ _\n2 b b X _ _ 1 obj _ _", "have one root.*line 3: 0 roots"),
        (
            "1 a a X _ _ 2 obj _ _\n2 b b X _ _ 1 obj _ _\n3 c c X _ _ 0 root _ _",
            "must be a tree, .*: line 3: a circle from word 1",
        ),
    ],
)
def test_errors_name_the_line(line, message):
    with pytest.raises(ValueError, match=message):
        read_conllu(tabs(f"1 Yes yes INTJ _ _ 0 root _ _\n\n# comment\n{line}\n"), "a.conllu")


def test_a_graph_is_of_one_sentence():
    one, two = tabs(SENTENCES).split("\n\n\n")
    assert Graph.from_conllu(one).num_nodes == 7
    assert Graph.from_conllu(two).num_edges == 0
    for text, count in ((tabs(SENTENCES), 2), ("", 0)):
        with pytest.raises(ValueError, match=f"text must hold one sentence.*{count} sentences"):
            Graph.from_conllu(text)
