"""Attention whose score is a plain product: every node reads all nodes at a cost linear in N."""

import numpy as np
from keras import ops

from keras_gt.ops import rows

_LARGEST_PRODUCT = 2**14  # entries of a matrix that costs no more than a projection of the nodes


def linear_attention(query, key, value, groups, share=None):
    """What each node reads of all real nodes of its graph, and the sum of its scores.

        numerator_i = s sum_j (q_i . k_j) v_j,   denominator_i = s sum_j q_i . k_j

    computed as q_i (sum_j k_j v_j^T): the sum is the same for all nodes of a graph, so no array
    of pairs is made. Half types are summed in float32, and the results stay so.

    Args:
        query: (B, N, H, K) tensor.
        key: (B, N, H, K) tensor.
        value: (B, N, H, V) tensor.
        groups: `NodeGroups`, which nodes are real and which graph they belong to.
        share: (B, G, 1, 1) tensor, a factor s for each graph, or None for 1.

    Returns:
        (numerator, denominator): (B, N, H, V) and (B, N, H, 1).

    Example:
        >>> from keras_gt.ops import NodeGroups
        >>> ones = ops.ones((1, 3, 1, 2))  # three nodes, one head of width 2
        >>> numerator, denominator = linear_attention(ones, ones, ones, NodeGroups())
        >>> ops.convert_to_numpy(numerator)[0, 0, 0].tolist(), tuple(denominator.shape)
        ([6.0, 6.0], (1, 3, 1, 1))
    """
    query, key, value = groups.real(query), groups.real(key), groups.real(value)
    if groups.packed:
        value = ops.concatenate([value, ops.ones_like(value[..., :1])], axis=-1)
        products = key[..., None] * value[..., None, :]  # (B, N, H, K, V + 1)
        memory = groups.sum(products)  # (B, G, H, K, V + 1)
        memory = groups.of_nodes(memory if share is None else memory * share[..., None])
        result = ops.sum(query[..., None] * memory, axis=-2)  # (B, N, H, V + 1)
        return result[..., :-1], result[..., -1:]
    heads, size, value_size = query.shape[2], query.shape[3], value.shape[3]
    shape = (*ops.shape(query)[:2], heads)
    if heads * heads * size * value_size > _LARGEST_PRODUCT:
        keys = ops.transpose(key, (0, 2, 3, 1))  # (B, H, K, N)
        memory = ops.matmul(keys, ops.transpose(value, (0, 2, 1, 3)))  # (B, H, K, V)
        total = ops.sum(key, axis=1, keepdims=True)  # (B, 1, H, K)
        if share is not None:
            memory, total = memory * share, total * share
        numerator = ops.matmul(ops.transpose(query, (0, 2, 1, 3)), memory)
        denominator = ops.sum(query * total, axis=-1, keepdims=True)
        return ops.transpose(numerator, (0, 2, 1, 3)), denominator
    # all heads by all heads in one product, of which only each head by itself is kept
    heads_own = np.repeat(np.eye(heads), size, axis=0)[None]  # (1, H K, H)
    own = ops.convert_to_tensor(np.repeat(heads_own, value_size, axis=2), dtype=query.dtype)
    heads_own = ops.convert_to_tensor(heads_own, dtype=query.dtype)
    if share is not None:
        own, heads_own = own * share[..., 0], heads_own * share[..., 0]
    query, key, value = (ops.reshape(x, (*shape[:2], -1)) for x in (query, key, value))
    memory = rows.outer_sum(key, value) * own  # (B, H K, H V)
    total = ops.expand_dims(ops.sum(key, axis=1), -1) * heads_own  # (B, H K, H)
    numerator = ops.reshape(ops.matmul(query, memory), (*shape, value_size))
    return numerator, ops.expand_dims(ops.matmul(query, total), -1)  # (B, N, H, 1)
