import numpy as np


def word_attention(attention, words):
    """Attention between words out of attention between the pieces that a tokenizer cuts.

    A word takes from another the sum over the other's pieces, and the mean over its own pieces.

    Args:
        attention: (..., T, T) array; row i shows whom token i reads, as in `attention_matrices`.
        words: (T,) integers, the word of each token, 0..N-1 with at least one token each; -1 for
            tokens of no word, such as [CLS]. What they take and give is left out, so rows may
            sum to less than 1.

    Returns:
        (..., N, N) float array.

    Raises:
        ValueError: if the words do not fit the attention, or one has no token.

    Example:
        >>> import numpy as np
        >>> from keras_gt.analysis import probes
        >>> attention = np.array([[0.2, 0.3, 0.5], [0.4, 0.4, 0.2], [0.1, 0.2, 0.7]])
        >>> probes.word_attention(attention, [0, 1, 1])
        array([[0.2 , 0.8 ],
               [0.25, 0.75]])

    Reference:
        Clark et al., What Does BERT Look At?, 2019, https://arxiv.org/abs/1906.04341, section 4.1.
    """
    attention, words = np.asarray(attention), np.asarray(words)
    if words.shape != attention.shape[-1:] or attention.shape[-1] != attention.shape[-2]:
        raise ValueError(
            "words must have one number for each token of a (..., T, T) attention. Received: "
            f"words of shape {words.shape}, attention of shape {attention.shape}"
        )
    member = words[None] == np.arange(words.max(initial=-1) + 1)[:, None]  # (N, T)
    sizes = member.sum(axis=1)
    if not sizes.size or not sizes.all():
        raise ValueError(
            "words must be numbered 0..N-1 with a token each. Number them in their order. "
            f"Received: {words.tolist()}"
        )
    return (member / sizes[:, None]) @ attention @ member.T.astype(float)
