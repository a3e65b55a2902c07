"""SGFormer's, Polynormer's and NAGphormer's layers as their papers write them: dense, in float64.

`weights` maps the name of a weight below its layer to its array; `nodes` (n, F) are the real nodes
of one graph. All pairs are made, which the layers never do.
"""

import numpy as np

from tests.references.numpy_layers import below, dense, gelu, layer_norm, softmax


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def heads_of(x, heads):
    return x.reshape(len(x), heads, -1)


def beta_of(weights, fixed):
    return weights["beta"] if fixed else sigmoid(weights["beta"])


def polynomial_block(weights, row, aggregation, fixed_beta=False):
    read = aggregation(below(weights, "aggregation"), row)
    gate = np.maximum(dense(weights, "gate", row.nodes), 0)
    nodes = np.maximum(read + dense(weights, "own", row.nodes), 0)
    beta = beta_of(weights, fixed_beta)
    return (1 - beta) * layer_norm(below(weights, "norm"), gate * nodes) + beta * nodes


def simple_global_attention(weights, nodes, heads, unit_norm):
    """The heads' mean of D^-1 (V + Q K^T V / n), D = 1 + Q K^T 1 / n."""
    query, key, value = (
        heads_of(dense(weights, name, nodes), heads) for name in ("query", "key", "value")
    )
    if unit_norm == "graph":
        query, key = query / np.linalg.norm(query), key / np.linalg.norm(key)
    else:
        query = query / np.linalg.norm(query, axis=-1, keepdims=True)
        key = key / np.linalg.norm(key, axis=-1, keepdims=True)
    out = []
    for head in range(heads):
        pairs = query[:, head] @ key[:, head].T / len(nodes)  # (n, n)
        total = 1 + pairs.sum(axis=1, keepdims=True)
        out.append((value[:, head] + pairs @ value[:, head]) / total)
    return np.mean(out, axis=0)


def polynomial_attention(weights, nodes, heads, fixed_beta):
    key = heads_of(sigmoid(dense(weights, "key", nodes)), heads)
    query = key
    if "query/kernel" in weights:
        query = heads_of(sigmoid(dense(weights, "query", nodes)), heads)
    value = heads_of(dense(weights, "value", nodes), heads)
    read = []
    for head in range(heads):
        scores = query[:, head] @ key[:, head].T  # (n, n)
        read.append(scores / scores.sum(axis=1, keepdims=True) @ value[:, head])
    read = layer_norm(below(weights, "norm"), np.concatenate(read, axis=1))
    return read * (dense(weights, "gate", nodes) + beta_of(weights, fixed_beta))


def token_block(weights, tokens):
    """A pre-norm Transformer layer with one head over the tokens (T, D) of one node."""
    weights = below(weights, "block")
    inner = below(weights, "aggregation")
    normed = layer_norm(below(weights, "aggregation_norm"), tokens)
    query, key, value = (dense(inner, name, normed) for name in ("query", "key", "value"))
    scores = query @ key.T / np.sqrt(key.shape[1])
    read = np.stack([softmax(row) for row in scores]) @ value
    tokens = tokens + (dense(inner, "projection", read) if "projection/kernel" in inner else read)
    feed = below(weights, "feed_forward")
    normed = layer_norm(below(weights, "feed_forward_norm"), tokens)
    return tokens + dense(feed, "contract", gelu(dense(feed, "expand", normed)))


def hop_readout(weights, tokens):
    own, hops = tokens[0], tokens[1:]
    scores = [dense(weights, "score", np.concatenate([own, hop]))[0] for hop in hops]
    return own + softmax(np.array(scores)) @ hops
