"""BERT and its sentence encoders in float64 NumPy, written from the papers.

h = N(token + place + segment); for each layer x = N(h + A(h)), h = N(x + F(x)), with A multi-head
dot-product attention of every word on every word, F two layers with the exact GELU between them.
The sentence is the mean of its words, brought to length 1.
"""

import numpy as np
from scipy.special import erf


def normed(x, weights, name, epsilon=1e-12):
    centred = x - x.mean(axis=-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + epsilon)
    return centred / deviation * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def linear(x, weights, name):
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def gelu(x):
    return x * (1 + erf(x / np.sqrt(2))) / 2


def attention(h, weights, names, num_heads):
    """(what the words read, the attention weights (H, N, N)) for one sentence (N, D)."""
    size = h.shape[1] // num_heads
    read = np.zeros_like(h)
    scores = np.zeros((num_heads, len(h), len(h)))
    query, key, value = (linear(h, weights, name) for name in names)
    for head in range(num_heads):
        part = slice(head * size, (head + 1) * size)
        logits = query[:, part] @ key[:, part].T / np.sqrt(size)
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        scores[head] = shares / shares.sum(axis=1, keepdims=True)
        read[:, part] = scores[head] @ value[:, part]
    return read, scores


def bert_words(tokens, weights, num_layers, num_heads):
    """The words of one sentence (n,) -> (n, D), with the tensors' names of Hugging Face's BERT."""
    weights = {name: np.asarray(value, "float64") for name, value in weights.items()}
    h = weights["embeddings.word_embeddings.weight"][tokens]
    h = h + weights["embeddings.position_embeddings.weight"][: len(tokens)]
    h = h + weights["embeddings.token_type_embeddings.weight"][0]
    h = normed(h, weights, "embeddings.LayerNorm")
    for index in range(num_layers):
        layer = f"encoder.layer.{index}"
        names = [f"{layer}.attention.self.{role}" for role in ("query", "key", "value")]
        read, _ = attention(h, weights, names, num_heads)
        x = h + linear(read, weights, f"{layer}.attention.output.dense")
        x = normed(x, weights, f"{layer}.attention.output.LayerNorm")
        inner = gelu(linear(x, weights, f"{layer}.intermediate.dense"))
        h = x + linear(inner, weights, f"{layer}.output.dense")
        h = normed(h, weights, f"{layer}.output.LayerNorm")
    return h


def sentence(words):
    """The embedding of a sentence: mean of its words (n, D), of length 1."""
    mean = words.mean(axis=0)
    return mean / np.linalg.norm(mean)
