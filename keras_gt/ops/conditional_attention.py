"""Attention whose scores and new edges an MLP makes from both ends and the features of an edge."""

from keras import ops

from keras_gt.ops import rows
from keras_gt.ops._backend import native
from keras_gt.ops.dense_edges import DenseEdges


def signed_root(x):
    """sqrt(x) for positive x, -sqrt(-x) for negative x; the gradient at 0 is 0."""
    magnitude = ops.abs(x)
    real = magnitude > 0
    root = ops.sqrt(ops.where(real, magnitude, ops.cast(1, x.dtype)))
    return ops.where(real, ops.sign(x) * root, ops.cast(0, x.dtype))


def conditional_attention(
    edge_set,
    query,
    key,
    value,
    features,
    kernel,
    bias,
    vector,
    clamp,
    attention_bias=None,
    factor=None,
    return_weights=False,
):
    """Attention along edges whose new states e_ij' are both compared and read.

    With (s_ij, b_ij) = features_ij kernel + bias and r(x) = sign(x) sqrt|x|,

        e_ij' = ReLU(r((query_i + key_j) * s_ij) + b_ij)
        w_ij  = softmax_j(clip(vector . e_ij', -clamp, clamp) + attention_bias_ij), for each head

    A masked pair of nodes has e_ij' = 0; a masked edge of a list has a state that nobody reads.
    Where there is an attention bias, where the weights are wanted and where the edges are lists,
    it is done step by step, with an array of all edges a step.

    Args:
        edge_set: the edges, of `resolve_edges`.
        query: (B, N, H K) tensor of the receivers.
        key: (B, M, H K) tensor of the senders.
        value: (B, M, H K) tensor of the senders.
        features: (B, E, C) or (B, N, M, C) tensor.
        kernel: (C, 2 H K) tensor, or None where the features are (s_ij, b_ij) side by side.
        bias: (2 H K,) tensor or None.
        vector: (H, K) tensor.
        clamp: float.
        attention_bias: in the layout of the scores, or None.
        factor: of the attention weights, in their layout, or None (dropout).
        return_weights: bool, whether the weights w_ij are wanted.

    Returns:
        sum_j w_ij value_j, (B, N, H K); sum_j w_ij e_ij', (B, N, H K); e_ij', like the features,
        H K wide; and w_ij, in the layout of the scores, or None.
    """
    in_steps = return_weights or attention_bias is not None or kernel is None
    if not in_steps and isinstance(edge_set, DenseEdges) and native("fast_paths_allowed")():
        edge_set.check_size(query.shape[2])
        mask = edge_set.mask
        results = native("conditional_attention")(
            query, key, value, features, kernel, bias, vector, mask, factor, clamp
        )
        if results is not None:
            return *results, None
    joined = features if kernel is None else rows.linears(features, [kernel], [bias])[0]
    *sums, states, weights = attention_in_steps(
        edge_set, query, key, value, joined, vector, clamp, attention_bias, factor
    )
    return *sums, states, weights if return_weights else None


def attention_in_steps(
    edge_set, query, key, value, joined, vector, clamp, attention_bias=None, factor=None
):
    """`conditional_attention` from (s_ij, b_ij) side by side, with all its results."""
    num_heads = vector.shape[0]
    scale, shift = ops.split(joined, 2, axis=-1)  # (B, E, H K) each
    joint = (edge_set.receivers_of(query) + edge_set.senders_of(key)) * scale
    states = ops.relu(signed_root(joint) + shift)
    if isinstance(edge_set, DenseEdges) and edge_set.mask is not None:
        states = ops.where(edge_set.edge_mask[..., None], states, ops.cast(0, states.dtype))
    heads = _split(states, num_heads)  # (B, E, H, K)
    scores = edge_set.edge_scores(ops.clip(ops.sum(heads * vector, axis=-1), -clamp, clamp))
    scores = scores if attention_bias is None else scores + attention_bias
    weights = ops.cast(edge_set.softmax(scores), states.dtype)
    dropped = weights if factor is None else weights * factor
    values = edge_set.aggregate(dropped, _split(value, num_heads))  # (B, N, H, K)
    read = edge_set.sum(heads * edge_set.per_edge(dropped)[..., None])
    values, read = (rows.reshape(x, (*ops.shape(x)[:2], value.shape[-1])) for x in (values, read))
    return values, read, states, weights


def _split(x, num_heads):
    """(..., H K) as (..., H, K)."""
    return rows.reshape(x, (*ops.shape(x)[:-1], num_heads, x.shape[-1] // num_heads))
