import numpy as np
import pytest

from keras_gt.graph import Graph
from keras_gt.models import TextPreprocessor
from tests.models.text_models import tokenizer


def test_a_text_is_a_graph_of_its_words():
    preprocessor = TextPreprocessor(tokenizer(), max_length=5)
    assert preprocessor.tokens("graphs are x") == ["[CLS]", "graphs", "are", "[UNK]", "[SEP]"]
    cut, short = preprocessor.token_ids(["graphs are words that read", "a"])
    assert cut.tolist() == [2, 4, 5, 6, 3] and short.tolist() == [2, 9, 3]
    assert cut.dtype == np.int32
    graph = preprocessor("a")
    assert graph.node_features.tolist() == [2, 9, 3] and graph.num_edges == 9
    assert preprocessor(graph) is graph and isinstance(graph, Graph)
    assert preprocessor.decode([2, 4, 6, 3]) == "graphs words"


def test_edges_are_chosen_by_name():
    options = {"kind": "window_hub", "size": 1}
    preprocessor = TextPreprocessor(tokenizer(), edges=options)
    assert preprocessor("graphs are words").num_edges == 19
    again = TextPreprocessor.from_config(preprocessor.get_config())
    assert again("graphs are words").num_edges == 19
    others = {"window": {"size": 1}, "random_window_hub": {"size": 1, "num_random": 1}}
    others |= {"strided": {"stride": 2}, "fixed": {"block": 2}, "expander": {"degree": 4}}
    for kind, arguments in others.items():
        made = TextPreprocessor(tokenizer(), edges={"kind": kind, **arguments})
        assert made("graphs are words that").validate().num_nodes == 6
    assert again.get_config() == preprocessor.get_config()


def test_errors():
    for edges in ("everything", {"size": 1}, "lsh_buckets", 3):
        with pytest.raises(ValueError, match="edges must be one of .*complete.*causal"):
            TextPreprocessor(tokenizer(), edges=edges)
    with pytest.raises(ValueError, match="max_length must be a positive integer"):
        TextPreprocessor(tokenizer(), max_length=0)
    with pytest.raises(ValueError, match="text must have a token"):
        TextPreprocessor(tokenizer(special=False))("")
