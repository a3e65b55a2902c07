import numpy as np
import pytest
import tokenizers

from keras_gt.graph import ConstituencyTree, Graph
from keras_gt.models import GraphTransformer, NodeClassifier, TreePreprocessor

TREE = "(3 (1 (2 Not) (2 bad)) (2 .))"


def tokenizer(**more):
    words = {"[UNK]": 0, "[PHRASE]": 1, "not": 2, "bad": 3, **more}
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, "[UNK]"))
    made.normalizer = tokenizers.normalizers.Lowercase()
    return made


def test_nodes_are_words_then_phrases():
    preprocessor = TreePreprocessor(tokenizer(), label_names=["bad", "good"])
    graph = preprocessor(TREE)
    assert graph.node_features.tolist() == [2, 3, 0, 1, 1]
    assert graph.num_edges == 8 and sorted(graph.edge_features.tolist()) == [0] * 4 + [1] * 4
    again = TreePreprocessor.from_config(preprocessor.get_config())
    same = again(ConstituencyTree.from_brackets(TREE))
    assert np.array_equal(same.node_features, graph.node_features)
    assert preprocessor(graph) is graph and isinstance(graph, Graph)


def test_phrases_may_read_all_that_is_inside_them():
    preprocessor = TreePreprocessor(tokenizer(), edges="spans")
    again = TreePreprocessor.from_config(preprocessor.get_config())
    graph = again(TREE)
    pairs = sorted(zip(graph.receivers.tolist(), graph.senders.tolist(), strict=True))
    assert pairs == [(3, 0), (3, 1), (4, 0), (4, 1), (4, 2), (4, 3)]


def test_a_preset_of_trees_reads_brackets(tmp_path):
    backbone = GraphTransformer(
        {"categories": [4]}, 4, num_layers=1, num_heads=2, edge_features={"categories": [2]}
    )
    task = NodeClassifier(backbone, 2, preprocessor=TreePreprocessor(tokenizer()))
    task.save_to_preset(tmp_path / "trees")
    assert (tmp_path / "trees" / "tokenizer.json").is_file()
    loaded = NodeClassifier.from_preset(str(tmp_path / "trees"))
    expected = task.predict(TREE)
    assert expected.shape == (5, 2)
    np.testing.assert_allclose(loaded.predict(TREE), expected, atol=1e-6)


def test_errors():
    with pytest.raises(ValueError, match="phrase_token must be a token of the tokenizer"):
        TreePreprocessor(tokenizer(), phrase_token="S")(TREE)
    with pytest.raises(ValueError, match="edges must be one of"):
        TreePreprocessor(tokenizer(), edges="words")
    with pytest.raises(ValueError, match="A tree must"):
        TreePreprocessor(tokenizer())("not bad")
    with pytest.raises(ValueError, match="inputs must be trees in brackets.* Received: 3"):
        TreePreprocessor(tokenizer())(3)
    letters = tokenizer()
    letters.pre_tokenizer = tokenizers.pre_tokenizers.Split("", "isolated")
    with pytest.raises(ValueError, match="tokenizer must make one token of each word"):
        TreePreprocessor(letters)(TREE)
