import keras
import numpy as np

from keras_gt.graph import Graph, builders
from keras_gt.layers.graph_layer import check_positive
from keras_gt.models.tokenizer import open_tokenizer

# The builders that need to know no more than the number of words.
_BUILDERS = (
    "complete",
    "causal",
    "window",
    "window_hub",
    "random_window_hub",
    "strided",
    "fixed",
    "expander",
)


@keras.saving.register_keras_serializable(package="keras_gt")
class TextPreprocessor:
    """Cuts texts into words and makes a graph of each, kept with the preset.

    The tokenizer is one of the package `tokenizers`, whose file holds the vocabulary and every
    rule; a preset keeps it as tokenizer.json, with its hash. Its own padding is not used, and it
    adds its special tokens, such as [CLS] and [SEP].

    Args:
        tokenizer: str, the content of a tokenizer.json, or a `tokenizers.Tokenizer`.
        max_length: int, the most tokens of a text, special ones included; the rest is cut off.
        edges: who may read whom: a function of `keras_gt.graph.builders` by its name, "complete",
            "causal", "window", "window_hub", "random_window_hub", "strided", "fixed" or
            "expander", or {"kind": name, ...} with its further arguments, such as
            {"kind": "window_hub", "size": 4}.
        label_names: list of str, the classes or the targets, or None.
        unit: str, the unit of the targets, or None.

    Raises:
        ValueError: for an unknown builder, a length that is not positive, or a text of no tokens.

    Example:
        >>> import tokenizers
        >>> from keras_gt.models import TextPreprocessor
        >>> model = tokenizers.models.WordLevel({"[UNK]": 0, "graphs": 1, "are": 2}, "[UNK]")
        >>> tokenizer = tokenizers.Tokenizer(model)
        >>> tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
        >>> preprocessor = TextPreprocessor(tokenizer)
        >>> preprocessor.token_ids(["graphs are sentences"])[0].tolist()
        [1, 2, 0]
        >>> preprocessor("graphs are sentences").num_edges
        9
    """

    preset_files = {"tokenizer": "tokenizer.json"}

    def __init__(self, tokenizer, max_length=512, edges="complete", label_names=None, unit=None):
        check_positive("max_length", max_length)
        options = dict(edges) if isinstance(edges, dict) else {"kind": edges}
        kind = options.pop("kind", None)
        if kind not in _BUILDERS:
            raise ValueError(
                f"edges must be one of {list(_BUILDERS)}, or {{'kind': name, ...}} with arguments. "
                "For any other graph give the model edges of your own. "
                f"Received: edges={edges!r}"
            )
        self.tokenizer = tokenizer if isinstance(tokenizer, str) else tokenizer.to_str()
        self.max_length = max_length
        self.edges = edges
        self.label_names = label_names
        self.unit = unit
        self._make_edges, self._options = getattr(builders, kind), options
        self._reader = None

    @property
    def reader(self):
        """The `tokenizers.Tokenizer`, without padding, cutting at max_length."""
        if self._reader is None:
            self._reader = open_tokenizer(self.tokenizer, "Texts")
            self._reader.no_padding()
            self._reader.enable_truncation(self.max_length)
        return self._reader

    def token_ids(self, texts):
        """The tokens of each text.

        Args:
            texts: list of str.

        Returns:
            list of (n,) int32 arrays, n at most max_length.
        """
        encodings = self.reader.encode_batch([str(text) for text in texts])
        return [np.array(encoding.ids, np.int32) for encoding in encodings]

    def tokens(self, text):
        """The tokens of one text as list of str, to name the nodes of its graph."""
        return self.reader.encode(text).tokens

    def decode(self, token_ids):
        """The text of tokens, without special ones."""
        return self.reader.decode([int(token) for token in token_ids])

    def build_edges(self, num_nodes):
        """(senders, receivers) of a text of that many tokens."""
        return self._make_edges(num_nodes, **self._options)

    def __call__(self, text):
        """The graph of a text; a graph is returned as it is.

        Args:
            text: str, or `keras_gt.graph.Graph`.

        Returns:
            `keras_gt.graph.Graph` with the tokens as node features.
        """
        if isinstance(text, Graph):
            return text
        (ids,) = self.token_ids([text])
        if not ids.size:
            raise ValueError(f"text must have a token. Leave empty texts out. Received: {text!r}")
        return Graph(len(ids), *self.build_edges(len(ids)), node_features=ids)

    def get_config(self):
        return {
            "tokenizer": self.tokenizer,
            "max_length": self.max_length,
            "edges": self.edges,
            "label_names": self.label_names,
            "unit": self.unit,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**config)
