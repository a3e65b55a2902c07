"""A directory of Hugging Face as a model."""

from pathlib import Path

from keras_gt.converters.bert_family import PREFIXES, load_bert, make_bert
from keras_gt.converters.checkpoint import Checkpoint
from keras_gt.converters.gpt2_family import load_gpt2, make_gpt2
from keras_gt.converters.sentence_modules import read_modules
from keras_gt.converters.tokenizer_files import read_json, read_tokenizer
from keras_gt.models import CausalLM, TextEmbedder, TextPreprocessor

ARCHITECTURES = (*PREFIXES, "gpt2")


def from_hugging_face(directory, tokenizer=None, dtype=None):
    """The model of a directory as Hugging Face has them, with its weights and its tokenizer.

    BERT, RoBERTa and ALBERT give a `TextEmbedder`: with the pooling that modules.json and the
    folder it names describe, or, without them, the plain mean of the words. GPT-2 gives a
    `CausalLM`. Their `backbone` is the graph network. Nothing is downloaded, and neither torch nor
    transformers is needed; no code of the directory is run.

    Args:
        directory: path with config.json, model.safetensors (or its shards, or
            pytorch_model.bin) and the files of a tokenizer.
        tokenizer: `tokenizers.Tokenizer`, or the content of a tokenizer.json, in place of the
            directory's; None for that.
        dtype: dtype policy; None for Keras' own.

    Returns:
        `TextEmbedder` or `CausalLM`. Its attribute `left_out` names the tensors of output layers
        that the model does not have.

    Raises:
        FileNotFoundError: if a file is missing.
        ValueError: for another architecture or a variant of one, and for tensors that are missing,
            left over, or of another shape; all are named.

    Example:
        >>> from keras_gt.converters import from_hugging_face
        >>> embedder = from_hugging_face("all-MiniLM-L6-v2")  # doctest: +SKIP
        >>> embedder.predict(["Sentences are word graphs."]).shape  # doctest: +SKIP
        (1, 384)
    """
    directory = Path(directory)
    if not (directory / "config.json").is_file():
        raise FileNotFoundError(
            "directory must hold a config.json. Name a model's directory. "
            f"Received: directory={directory}"
        )
    config = read_json(directory / "config.json")
    kind = config.get("model_type")
    if kind not in ARCHITECTURES:
        raise ValueError(
            f"model_type must be one of {list(ARCHITECTURES)} in config.json. Other architectures "
            f"are not supported. Received: model_type={kind!r}, "
            f"architectures={config.get('architectures')!r}"
        )
    checkpoint = Checkpoint.from_directory(directory)
    if kind == "gpt2":
        backbone = make_gpt2(config, dtype)
        left_out = load_gpt2(backbone, checkpoint)
    else:
        backbone = make_bert(config, dtype)
        left_out = load_bert(backbone, checkpoint, kind)
    preprocessor = None
    tokenizer = read_tokenizer(directory, kind) if tokenizer is None else tokenizer
    if tokenizer is not None:
        preprocessor = TextPreprocessor(
            tokenizer,
            max_length=_max_length(directory, backbone.max_nodes),
            edges="causal" if kind == "gpt2" else "complete",
        )
    if kind == "gpt2":
        model = CausalLM(backbone, preprocessor)
    else:
        options = read_modules(directory)
        model = TextEmbedder(backbone, preprocessor=preprocessor, **options)
    model.left_out = left_out
    return model


def _max_length(directory, most):
    """The most words of a text, by the first file that says it."""
    for file, name in (
        ("sentence_bert_config.json", "max_seq_length"),
        ("tokenizer_config.json", "model_max_length"),
    ):
        length = read_json(directory / file).get(name)
        if isinstance(length, int | float) and length > 0:
            return int(min(length, most))  # "no limit" is written as 1e30
    return most
