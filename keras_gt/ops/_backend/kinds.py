"""Scores of edges of two kinds as those of one, for backends that need all sizes beforehand."""

from keras import ops


def scores_of_kinds(features, parts, num_heads, plan, edge_products):
    """`generic.scores_of_kinds`: the kinds' nodes are one table, of which each edge reads its part.

    `edge_products` is the backend's.
    """
    first = features[:, :1] > 0.5
    query, key = (ops.concatenate([part[i] for part in parts]) for i in (0, 1))
    pairs = ops.where(first, *(ops.matmul(features[:, 1:], kernel) for _, _, kernel in parts))
    second = ops.cast(features[:, 0] <= 0.5, "int32")
    ends = {
        "receivers": plan["receivers"] + second * ops.shape(parts[0][0])[0],
        "senders": plan["senders"] + second * ops.shape(parts[0][1])[0],
    }
    return edge_products(query, key, pairs, num_heads, ends, False)[1]
