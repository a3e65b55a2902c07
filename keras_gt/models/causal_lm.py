import keras
import numpy as np

from keras_gt.graph.epoch_planner import round_up
from keras_gt.layers import TiedProjection
from keras_gt.metrics import Accuracy
from keras_gt.models.causal_reader import CausalReader
from keras_gt.models.gpt2 import GPT2
from keras_gt.models.task import Task, check_backbone, head_policy
from keras_gt.models.text_batches import padded_tokens


@keras.saving.register_keras_serializable(package="keras_gt")
class CausalLM(Task):
    """Predicts each next word from those before it, and writes on.

    The logits are the products of the backbone's vectors with the embeddings of the words
    (`TiedProjection`). Compiled by default with Adam and crossentropy, its mean over real words.

    Args:
        backbone: `GPT2`, or a `Backbone` of causal edges with a `token_table`.
        preprocessor: `TextPreprocessor` or None.
        dtype: dtype policy of the output layer; None for the backbone's.
        **kwargs: `name`, `trainable`.

    Call arguments:
        inputs: dictionary of arrays as the backbone takes them; labels are (B, N) int, the next
            words.

    Returns:
        (B, N, V) logits.

    Raises:
        ValueError: if backbone is no `Backbone` or has no table of tokens.

    Example:
        >>> import numpy as np
        >>> from keras_gt.models import GPT2, CausalLM
        >>> model = CausalLM(GPT2(11, hidden_dim=8, num_layers=1, num_heads=2, num_positions=6))
        >>> model.generate([np.array([3, 1])], max_new_tokens=4)[0].shape
        (6,)

    Reference:
        Radford et al., Language Models are Unsupervised Multitask Learners, 2019,
        https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf,
        section 2, equation 1.
    """

    def __init__(self, backbone, preprocessor=None, dtype=None, **kwargs):
        check_backbone(backbone)
        if not hasattr(backbone, "token_table"):
            raise ValueError(
                "backbone must have a token_table, to which the output layer is tied. Use GPT2. "
                f"Received: {type(backbone).__name__}"
            )
        inputs = dict(backbone.input)
        layer = TiedProjection(
            backbone.token_table, dtype=head_policy(backbone, dtype), name="logits"
        )
        logits = layer(backbone(inputs), mask=inputs["node_mask"])  # (B, N, V)
        super().__init__(inputs, logits, backbone, preprocessor, **kwargs)
        self._reader = CausalReader(backbone) if isinstance(backbone, GPT2) else None
        self.compile(
            optimizer=keras.optimizers.Adam(3e-4),
            loss=keras.losses.SparseCategoricalCrossentropy(
                from_logits=True, reduction="mean_with_sample_weight"
            ),
            weighted_metrics=[Accuracy(name="accuracy")],
        )

    def next_word_arrays(self, texts):
        """What `fit` takes to learn texts: (inputs, labels), each text but its last and first word.

        Args:
            texts: list of str, or of (n,) integer arrays, each of two tokens or more.

        Returns:
            Pair of the dictionary of `node_features` and `node_mask` (B, N), and labels (B, N).
        """
        token_ids = self._token_ids(texts)
        if not token_ids or min(len(ids) for ids in token_ids) < 2:
            raise ValueError(
                "texts must have two tokens or more each. Leave shorter ones out. Received: "
                f"{[len(ids) for ids in token_ids][:10]} tokens"
            )
        labels = padded_tokens([ids[1:] for ids in token_ids])["node_features"]
        return padded_tokens([ids[:-1] for ids in token_ids]), labels

    def generate(
        self,
        prompts,
        max_new_tokens=32,
        temperature=0.0,
        top_k=None,
        seed=0,
        stop=None,
        use_cache=True,
    ):
        """Writes on, word by word.

        A text longer than the places that the model has is cut to its last words, whose places
        change with every word: then each step runs the whole text. Words are drawn with NumPy: the
        same seed draws alike on every backend.

        Args:
            prompts: str, list of str, or list of (n,) integer arrays of tokens.
            max_new_tokens: int, how many words to add.
            temperature: float; 0 takes the likeliest word, 1 draws from the model's probabilities.
            top_k: int, draws among the k likeliest words only, or None.
            seed: int.
            stop: int, a token after which a text ends, or None.
            use_cache: bool, whether `GPT2` keeps the keys and values of the words that it has
                read, so that a step costs no more than its word. False runs the whole text at each
                step, as other backbones do: the same words, and nothing to keep.

        Returns:
            The prompts with what follows, in the form they were given: str, list of str (without
            special tokens), or list of int32 arrays.

        Raises:
            ValueError: for an empty prompt or a negative temperature.
        """
        if temperature < 0 or (top_k is not None and top_k < 1):
            raise ValueError(
                "temperature must be 0 or more and top_k 1 or more. Change them. Received: "
                f"temperature={temperature}, top_k={top_k}"
            )
        single = isinstance(prompts, str)
        texts = [prompts] if single else list(prompts)
        written = [list(ids) for ids in self._token_ids(texts)]
        if not written or not all(written):
            raise ValueError("prompts must have a token each. Give a first word. Received: none")
        random, open_ = np.random.default_rng(seed), np.ones(len(written), bool)
        longest = min(max(map(len, written)) + max_new_tokens, self.backbone.max_nodes)
        num_nodes = min(round_up(longest), self.backbone.max_nodes)
        reader = self._reader if use_cache else None
        if reader is not None:
            reader.start(len(written), num_nodes)
        table = keras.ops.convert_to_numpy(self.backbone.token_table.table).astype("float64")
        for _ in range(max_new_tokens):
            fits = reader is not None and max(map(len, written)) <= num_nodes
            last = reader.read(written) if fits else self._last_words(written, num_nodes)
            logits = last.astype("float64") @ table.T  # (B, V)
            chosen = _draw(logits, temperature, top_k, random)
            for row in np.flatnonzero(open_):
                written[row].append(int(chosen[row]))
                open_[row] = chosen[row] != stop
            if not open_.any():
                break
        if reader is not None:
            reader.start(0, 0)  # what is kept may be large
        if not texts or not isinstance(texts[0], str):
            return [np.array(ids, np.int32) for ids in written]
        decoded = [self.preprocessor.decode(ids) for ids in written]
        return decoded[0] if single else decoded

    def _last_words(self, written, num_nodes):
        """The vectors of the last words (B, D), the whole texts read."""
        shown = [ids[-num_nodes:] for ids in written]
        nodes = np.asarray(self.backbone.predict_on_batch(padded_tokens(shown, num_nodes)))
        return nodes[np.arange(len(shown)), [len(ids) - 1 for ids in shown]]

    def _token_ids(self, texts):
        if all(not isinstance(text, str) for text in texts):
            return [np.asarray(text, np.int32) for text in texts]
        if self.preprocessor is None:
            raise ValueError(
                "texts must be arrays of tokens for a model without a preprocessor. Give it a "
                "TextPreprocessor to read strings. Received: a string"
            )
        return self.preprocessor.token_ids(texts)


def _draw(logits, temperature, top_k, random):
    """A word for each row of logits (B, V): (B,) int."""
    if temperature == 0:
        return logits.argmax(axis=1)
    scaled = logits / temperature
    if top_k is not None and top_k < scaled.shape[1]:
        least = np.sort(scaled, axis=1)[:, -top_k, None]
        scaled = np.where(scaled < least, -np.inf, scaled)
    weights = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    cumulated = np.cumsum(weights, axis=1)
    thresholds = random.random((len(logits), 1)) * cumulated[:, -1:]
    return (cumulated <= thresholds).sum(axis=1)
