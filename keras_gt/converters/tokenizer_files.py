"""The tokenizer of a Hugging Face directory, for the package `tokenizers`."""

import json
from pathlib import Path


def read_tokenizer(directory, model_type):
    """The tokenizer of a directory.

    Args:
        directory: path with tokenizer.json; or with vocab.txt, the word pieces of BERT; or with
            vocab.json and merges.txt, the byte pairs of GPT-2 and RoBERTa.
        model_type: str, "bert", "roberta", "albert" or "gpt2".

    Returns:
        str, the content of a tokenizer.json; None where there is none of these.
    """
    directory = Path(directory)
    if (directory / "tokenizer.json").is_file():
        return (directory / "tokenizer.json").read_text(encoding="utf-8")
    pieces, pairs = directory / "vocab.txt", directory / "merges.txt"
    if pieces.is_file() and model_type == "bert":
        options = read_json(directory / "tokenizer_config.json")
        return _word_pieces(pieces, options)
    if pairs.is_file() and (directory / "vocab.json").is_file():
        return _byte_pairs(directory / "vocab.json", pairs, model_type)
    return None


def read_json(path):
    """A JSON object; {} where there is no file."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _word_pieces(path, options):
    from tokenizers import BertWordPieceTokenizer

    tokenizer = BertWordPieceTokenizer(
        str(path),
        lowercase=options.get("do_lower_case", True),
        handle_chinese_chars=options.get("tokenize_chinese_chars", True),
        strip_accents=options.get("strip_accents"),
    )
    return tokenizer.to_str()


def _byte_pairs(vocabulary, merges, model_type):
    from tokenizers import ByteLevelBPETokenizer
    from tokenizers.processors import RobertaProcessing

    tokenizer = ByteLevelBPETokenizer(str(vocabulary), str(merges))
    if model_type == "roberta":
        ends = [(token, tokenizer.token_to_id(token)) for token in ("</s>", "<s>")]
        tokenizer.post_processor = RobertaProcessing(*ends)
    return tokenizer.to_str()
