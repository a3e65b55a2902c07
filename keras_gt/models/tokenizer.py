"""The tokenizer that a preprocessor keeps as text."""


def open_tokenizer(content, what):
    """The `tokenizers.Tokenizer` of a tokenizer.json's content.

    Args:
        content: str, JSON.
        what: str, what needs it, for the message.

    Raises:
        ImportError: without the package tokenizers.
    """
    try:
        import tokenizers
    except ImportError as error:
        raise ImportError(f"{what} need the package tokenizers. Install keras_gt[text].") from error
    return tokenizers.Tokenizer.from_str(content)
