"""Tokenizers whose vocabulary is that of the training part."""

from collections import Counter


def word_tokenizer(texts, min_count=2):
    """A tokenizer of words in small letters; punctuation is cut off words.

    Args:
        texts: iterable of str, those that the vocabulary is taken from.
        min_count: int, how often a word must be there to have a vector of its own; all others
            share that of "[UNK]".

    Returns:
        `tokenizers.Tokenizer`. Token 0 is "[UNK]"; then come the words, the frequent ones first.
    """
    import tokenizers

    small_letters = tokenizers.normalizers.Lowercase()
    cut = tokenizers.pre_tokenizers.Whitespace()
    counts = Counter(
        word
        for text in texts
        for word, _ in cut.pre_tokenize_str(small_letters.normalize_str(text))
    )
    tokenizer = _word_level(counts, min_count, ())
    tokenizer.pre_tokenizer = cut
    return tokenizer


def tree_tokenizer(trees, min_count=2):
    """A tokenizer of the words of trees in small letters, each of them one token as it stands.

    Args:
        trees: iterable of `keras_gt.graph.ConstituencyTree`.
        min_count: int, as in `word_tokenizer`.

    Returns:
        `tokenizers.Tokenizer`. Token 0 is "[UNK]", token 1 "[PHRASE]"; then come the words.
    """
    counts = Counter(word.lower() for tree in trees for word in tree.words)
    return _word_level(counts, min_count, ("[PHRASE]",))


def _word_level(counts, min_count, more_tokens):
    """A tokenizer of the words that are there often enough, the frequent ones first."""
    import tokenizers

    words = [word for word, count in counts.items() if count >= min_count]
    words.sort(key=lambda word: (-counts[word], word))
    tokens = ["[UNK]", *more_tokens, *words]
    model = tokenizers.models.WordLevel(_numbered(tokens), unk_token="[UNK]")
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.normalizer = tokenizers.normalizers.Lowercase()
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
