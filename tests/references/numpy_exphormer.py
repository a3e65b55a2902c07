"""Exphormer's attention, written from the paper and its authors' code in float64 NumPy."""

import numpy as np

from tests.references.numpy_layers import dense


def scaled_edge_attention(weights, row, heads, size, virtual_nodes=None, virtual_edges=None):
    """The nodes; with virtual nodes (T, F), their edges (2, T, C), also those.

    All nodes of the row are one graph, which every virtual node reads and is read by.
    """
    parts = [slice(head * size, head * size + size) for head in range(heads)]

    def projected(name, x):
        return dense(weights, name, x)

    def weight(query, key, edge, part):
        score = (query[part] * key[part] / np.sqrt(size) * edge[part]).sum()
        return np.exp(np.clip(score, -5, 5))

    count = 0 if virtual_nodes is None else len(virtual_nodes)
    everybody = row.nodes if not count else np.concatenate([row.nodes, virtual_nodes])
    query, key, value = (projected(name, everybody) for name in ("query", "key", "value"))
    senders, receivers = list(row.senders), list(row.receivers)
    edges = list(projected("edge", row.edges))
    for hub in range(count):
        outward, inward = (projected("edge", virtual_edges[side, hub]) for side in (0, 1))
        for node in range(len(row.nodes)):
            senders += [len(row.nodes) + hub, node]
            receivers += [node, len(row.nodes) + hub]
            edges += [outward, inward]
    out = np.zeros((len(everybody), heads * size))
    total = np.full((len(everybody), heads), 1e-6)
    for sender, receiver, edge in zip(senders, receivers, edges, strict=True):
        for head, part in enumerate(parts):
            share = weight(query[receiver], key[sender], edge, part)
            out[receiver, part] += share * value[sender, part]
            total[receiver, head] += share
    out /= np.repeat(total, size, axis=1)
    return (out[: len(row.nodes)], out[len(row.nodes) :]) if count else out
