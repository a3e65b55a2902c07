import keras
import numpy as np

from keras_gt.graph import ConstituencyTree, Graph
from keras_gt.graph.constituency_tree import EDGES
from keras_gt.layers.graph_layer import check_choice
from keras_gt.models.tokenizer import open_tokenizer


@keras.saving.register_keras_serializable(package="keras_gt")
class TreePreprocessor:
    """Makes a graph of the words and phrases of a parsed sentence, kept with the preset.

    The nodes are those of `ConstituencyTree.graph`: the words in their order, then the phrases, the
    whole sentence last. Words have their tokens as node features; all phrases share one token.

    Args:
        tokenizer: str, the content of a tokenizer.json, or a `tokenizers.Tokenizer`, that makes one
            token of a word. A preset keeps it as tokenizer.json, with its hash.
        phrase_token: str, the token of the tokenizer that stands for phrases.
        edges: who may read whom, as `ConstituencyTree.graph` has it: "parents", each part and its
            whole, both ways; or "spans", each phrase all words and phrases inside it.
        label_names: list of str, the classes or the targets, or None.
        unit: str, the unit of the targets, or None.

    Raises:
        ValueError: if edges is another word, phrase_token is unknown to the tokenizer, a text is no
            tree in brackets, or a word is not one token.

    Example:
        >>> import tokenizers
        >>> from keras_gt.models import TreePreprocessor
        >>> words = {"[UNK]": 0, "[PHRASE]": 1, "no": 2, "laughs": 3}
        >>> tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, "[UNK]"))
        >>> preprocessor = TreePreprocessor(tokenizer)
        >>> preprocessor("(S (DT no) (NNS laughs))").node_features.tolist()
        [2, 3, 1]
    """

    preset_files = {"tokenizer": "tokenizer.json"}

    def __init__(
        self, tokenizer, phrase_token="[PHRASE]", edges="parents", label_names=None, unit=None
    ):
        check_choice("edges", edges, EDGES)
        self.tokenizer = tokenizer if isinstance(tokenizer, str) else tokenizer.to_str()
        self.phrase_token = phrase_token
        self.edges = edges
        self.label_names = label_names
        self.unit = unit
        self._reader = None

    @property
    def reader(self):
        """The `tokenizers.Tokenizer`."""
        if self._reader is None:
            self._reader = open_tokenizer(self.tokenizer, "Trees of words")
        return self._reader

    def __call__(self, tree):
        """The graph of a parsed sentence; a graph is returned as it is.

        Args:
            tree: str, one tree in brackets, whose labels are not looked at; or
                `keras_gt.graph.ConstituencyTree`; or `keras_gt.graph.Graph`.

        Returns:
            `keras_gt.graph.Graph` with tokens as node features and edge features.
        """
        if isinstance(tree, Graph):
            return tree
        if isinstance(tree, str):
            tree = ConstituencyTree.from_brackets(tree)
        if not isinstance(tree, ConstituencyTree):
            raise ValueError(
                "inputs must be trees in brackets, such as '(S (DT no) (NNS laughs))', or a "
                f"keras_gt.graph.ConstituencyTree. Give one of them. Received: {tree!r:.100}"
            )
        phrase = self.reader.token_to_id(self.phrase_token)
        if phrase is None:
            raise ValueError(
                "phrase_token must be a token of the tokenizer. Add it to the vocabulary. "
                f"Received: phrase_token={self.phrase_token!r}"
            )
        words = list(tree.words)
        ids = self.reader.encode(words, is_pretokenized=True, add_special_tokens=False).ids
        if len(ids) != len(words):
            raise ValueError(
                "tokenizer must make one token of each word of a tree. Use one of whole words. "
                f"Received: {len(ids)} tokens for {words}"
            )
        graph = tree.graph(self.edges)
        tokens = np.full(graph.num_nodes, phrase, np.int32)
        tokens[: len(ids)] = ids
        return graph.replace(node_features=tokens)

    def get_config(self):
        return {
            "tokenizer": self.tokenizer,
            "phrase_token": self.phrase_token,
            "edges": self.edges,
            "label_names": self.label_names,
            "unit": self.unit,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**config)
