"""Tokenizers whose vocabulary is that of the training part."""

from collections import Counter


def word_tokenizer(texts, min_count=2, more_tokens=()):
    """A tokenizer of words in small letters; punctuation is cut off words.

    Args:
        texts: iterable of str, those that the vocabulary is taken from.
        min_count: int, how often a word must be there to have a vector of its own; all others
            share that of "[UNK]".
        more_tokens: tuple of str, tokens that stand for no word.

    Returns:
        `tokenizers.Tokenizer`. Token 0 is "[UNK]"; then come `more_tokens`, then the words, the
        frequent ones first.
    """
    import tokenizers

    small_letters = tokenizers.normalizers.Lowercase()
    cut = tokenizers.pre_tokenizers.Whitespace()
    counts = Counter(
        word
        for text in texts
        for word, _ in cut.pre_tokenize_str(small_letters.normalize_str(text))
    )
    words = [word for word, count in counts.items() if count >= min_count]
    words.sort(key=lambda word: (-counts[word], word))
    tokens = ["[UNK]", *more_tokens, *words]
    model = tokenizers.models.WordLevel(_numbered(tokens), unk_token="[UNK]")
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.normalizer = small_letters
    tokenizer.pre_tokenizer = cut
    return tokenizer


def character_tokenizer(text):
    """A tokenizer of single characters; one that is not in the text is read as a space.

    Args:
        text: str with a space among its characters.

    Returns:
        `tokenizers.Tokenizer`; the characters are numbered in the order of their code points.
    """
    import tokenizers

    model = tokenizers.models.WordLevel(_numbered(sorted(set(text))), unk_token=" ")
    tokenizer = tokenizers.Tokenizer(model)
    every = tokenizers.Regex(r"[\s\S]")
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Split(every, behavior="isolated")
    tokenizer.decoder = tokenizers.decoders.Fuse()
    return tokenizer


def _numbered(tokens):
    return {token: number for number, token in enumerate(tokens)}
