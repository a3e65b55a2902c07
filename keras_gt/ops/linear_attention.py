"""Attention whose score is a plain product: every node reads all nodes at a cost linear in N."""

from keras import ops


def linear_attention(query, key, value, groups):
    """What each node reads of all real nodes of its graph, and the sum of its scores.

        numerator_i = sum_j (q_i . k_j) v_j,   denominator_i = sum_j q_i . k_j

    computed as q_i (sum_j k_j v_j^T): the sum is the same for all nodes of a graph, so no array
    of pairs is made. Half types are summed in float32, and the results stay so.

    Args:
        query: (B, N, H, K) tensor.
        key: (B, N, H, K) tensor.
        value: (B, N, H, V) tensor.
        groups: `NodeGroups`, which nodes are real and which graph they belong to.

    Returns:
        (numerator, denominator): (B, N, H, V) and (B, N, H, 1).
    """
    query, key, value = groups.real(query), groups.real(key), groups.real(value)
    value = ops.concatenate([value, ops.ones_like(value[..., :1])], axis=-1)  # (B, N, H, V + 1)
    if groups.packed:
        products = key[..., None] * value[..., None, :]  # (B, N, H, K, V + 1)
        memory = groups.of_nodes(groups.sum(products))
        result = ops.sum(query[..., None] * memory, axis=-2)  # (B, N, H, V + 1)
    else:
        keys = ops.transpose(key, (0, 2, 3, 1))  # (B, H, K, N)
        memory = ops.matmul(keys, ops.transpose(value, (0, 2, 1, 3)))  # (B, H, K, V + 1)
        result = ops.matmul(ops.transpose(query, (0, 2, 1, 3)), memory)
        result = ops.transpose(result, (0, 2, 1, 3))
    return result[..., :-1], result[..., -1:]
