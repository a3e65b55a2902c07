from keras_gt.graph import ConstituencyTree
from keras_gt.recipes.vocabularies import character_tokenizer, tree_tokenizer, word_tokenizer


def test_words_that_are_there_often_enough():
    tokenizer = word_tokenizer(["What's a graph?", "A GRAPH, what?", "a node"])
    words = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().get)
    assert words == ["[UNK]", "a", "?", "graph", "what"]
    assert tokenizer.encode("A new graph?").tokens == ["a", "[UNK]", "graph", "?"]


def test_words_of_trees_stay_whole():
    tree = ConstituencyTree.from_brackets("(S (RB n't) (RB N'T))")
    tokenizer = tree_tokenizer([tree])
    assert tokenizer.get_vocab() == {"[UNK]": 0, "[PHRASE]": 1, "n't": 2}
    assert tokenizer.encode(["N't", "b c"], is_pretokenized=True).ids == [2, 0]


def test_characters():
    tokenizer = character_tokenizer("To be\n\nor")
    assert tokenizer.get_vocab_size() == 7
    ids = tokenizer.encode("bo\n T").ids
    assert ids == [sorted(set("To be\n\nor")).index(c) for c in "bo\n T"]
    assert tokenizer.decode(ids) == "bo\n T"
    assert tokenizer.decode(tokenizer.encode("b?b").ids) == "b b"
