"""The layers of EGT, Graphormer and SAN as loops over nodes, written from their papers."""

import dataclasses

import numpy as np

from tests.references.numpy_layers import Row, below, dense, layer_norm, softmax


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gated_edge_attention(weights, row, heads, size, scale_degree=False):
    query, key, value = (dense(weights, name, row.nodes) for name in ("query", "key", "value"))
    bias, gates = dense(weights, "edge", row.edges), sigmoid(dense(weights, "gate", row.edges))
    scores = np.zeros((len(row.edges), heads))
    out = np.zeros((len(row.nodes), heads * size))
    for node in range(len(row.nodes)):
        into = row.into(node)
        for head in range(heads if into else 0):
            part = slice(head * size, head * size + size)
            for edge in into:
                product = query[node, part] @ key[row.senders[edge], part] / np.sqrt(size)
                scores[edge, head] = np.clip(product, -5, 5) + bias[edge, head]
            for alpha, edge in zip(softmax(scores[into, head]), into, strict=True):
                out[node, part] += alpha * gates[edge, head] * value[row.senders[edge], part]
            if scale_degree:
                out[node, part] *= np.log(1 + gates[into, head].sum())
    nodes = dense(weights, "projection", out)
    if "edge_projection/kernel" not in weights:
        return nodes
    return nodes, dense(weights, "edge_projection", scores)


def full_graph_attention(weights, row, heads, size, gamma):
    real, features = row.edges[:, 0] > 0.5, row.edges[:, 1:]
    value = dense(weights, "value", row.nodes)
    out = np.zeros((len(row.nodes), heads * size))
    for node in range(len(row.nodes)):
        for head in range(heads):
            part, total = slice(head * size, head * size + size), 1e-6
            for edge in row.into(node):
                sender, kind = row.senders[edge], "" if real[edge] else "absent_"
                joint = dense(weights, f"{kind}query", row.nodes[node])[part]
                joint = joint * dense(weights, f"{kind}key", row.nodes[sender])[part]
                joint = joint * dense(weights, f"{kind}edge", features[edge])[part]
                weight = np.exp(np.clip(joint.sum() / np.sqrt(size), -5, 5))
                weight *= 1 / (1 + gamma) if real[edge] else gamma / (1 + gamma)
                out[node, part] += weight * value[sender, part]
                total += weight
            out[node, part] /= total
    return dense(weights, "projection", out)


def absent_edges(weights, pair_features, edges, pairs):
    """Of one row: (who may read whom, marks and features)."""
    nodes = len(edges)
    marked = np.zeros((nodes, nodes, 1 + pair_features.shape[-1]))
    every = np.zeros((nodes, nodes))
    for i in range(nodes):
        for j in range(nodes):
            every[i, j] = edges[i, j] or (pairs[i, j] and i != j)
            features = pair_features[i, j] if edges[i, j] else weights["absent"]
            marked[i, j] = [edges[i, j], *features]
    return every, marked


def degree_encoding(weights, senders, receivers, nodes):
    largest = len(weights["arriving"]) - 1
    out = np.zeros((nodes, weights["arriving"].shape[1]))
    for node in range(nodes):
        out[node] = weights["arriving"][min(np.sum(receivers == node), largest)]
        out[node] += weights["leaving"][min(np.sum(senders == node), largest)]
    return out


def path_bias(weights, paths, sizes):
    """Of one row: (N, N, L K) categories to (N, N, H)."""
    paths = paths.reshape(*paths.shape[:2], -1, len(sizes))
    out = np.zeros((*paths.shape[:2], weights["vectors"].shape[1]))
    first = np.cumsum([0, *sizes])
    for i, j in np.ndindex(*paths.shape[:2]):
        edges = [edge for edge in range(paths.shape[2]) if paths[i, j, edge, 0] >= 0]
        for place in range(paths.shape[2]):
            categories = enumerate(paths[i, j, place])
            rows = [first[column] + category for column, category in categories if category >= 0]
            vector = weights["vectors"][rows].sum(axis=0) / len(sizes)
            out[i, j] += vector @ weights["matrices"][place]
        out[i, j] /= max(len(edges), 1)
    return out


def laplacian_encoding(weights, vectors, values, heads):
    """Of one row, with one layer: each node alone, over the eigenpairs that there are."""
    out = []
    for node in range(len(vectors)):
        real = values[node] >= 0
        pairs = np.stack([vectors[node, real], values[node, real]], axis=1)  # (M, 2)
        tokens = dense(weights, "dense", pairs)
        query, key, value = (dense(weights, name, tokens) for name in ("query", "key", "value"))
        size, mixed = tokens.shape[1] // heads, np.zeros_like(tokens)
        for head in range(heads if real.any() else 0):
            part = slice(head * size, head * size + size)
            for m in range(len(tokens)):
                alpha = softmax(key[:, part] @ query[m, part] / np.sqrt(size))
                mixed[m, part] = alpha @ value[:, part]
        tokens = tokens + dense(weights, "projection", mixed)
        tokens = layer_norm(below(weights, "aggregation_norm"), tokens)
        hidden = dense(weights, "contract", np.maximum(dense(weights, "expand", tokens), 0))
        tokens = layer_norm(below(weights, "feed_forward_norm"), tokens + hidden)
        out.append(tokens.sum(axis=0))
    return np.stack(out)


def virtual_nodes(weights, nodes, pairs):
    """Of one row: nodes and pairs with the virtual ones before them."""
    count, size = len(weights["nodes"]), len(nodes)
    own = weights["pairs"]
    wider = np.zeros((count + size, count + size, pairs.shape[-1]))
    for i, j in np.ndindex(*wider.shape[:2]):
        if i >= count and j >= count:
            wider[i, j] = pairs[i - count, j - count]
        elif i < count and j < count:
            wider[i, j] = (own[i] + own[j]) / 2
        else:
            wider[i, j] = own[min(i, j)]
    return np.concatenate([weights["nodes"], nodes]), wider


def transformer_block(weights, row, aggregation, residual, norm, activation):
    """`numpy_layers.block` with the activation of one's choice, and edges of their own width."""
    pre = residual == "pre"

    def stream(x, update, prefix):
        x = x + update if pre else norm(below(weights, f"{prefix}aggregation_norm"), x + update)
        inner = below(weights, f"{prefix}feed_forward")
        start = norm(below(weights, f"{prefix}feed_forward_norm"), x) if pre else x
        hidden = x + dense(inner, "contract", activation(dense(inner, "expand", start)))
        return hidden if pre else norm(below(weights, f"{prefix}feed_forward_norm"), hidden)

    nodes, edges = row.nodes, row.edges
    if pre:
        nodes = norm(below(weights, "aggregation_norm"), nodes)
        if "edge_aggregation_norm/gamma" in weights:
            edges = norm(below(weights, "edge_aggregation_norm"), edges)
    inner = dataclasses.replace(row, nodes=nodes, edges=edges)
    updates = aggregation(below(weights, "aggregation"), inner)
    if isinstance(updates, tuple):
        return stream(row.nodes, updates[0], ""), stream(row.edges, updates[1], "edge_")
    return stream(row.nodes, updates, ""), row.edges


def biased_attention(weights, row, heads, size):
    """Dot-product attention whose score of an edge is biased by its features, one for a head."""
    query, key, value = (dense(weights, name, row.nodes) for name in ("query", "key", "value"))
    out = np.zeros_like(query)
    for node in range(len(out)):
        into = row.into(node)
        for head in range(heads):
            part = slice(head * size, head * size + size)
            scores = [query[node, part] @ key[row.senders[edge], part] for edge in into]
            alpha = softmax(np.array(scores) / np.sqrt(size) + row.edges[into, head])
            out[node, part] = alpha @ value[np.array(row.senders)[into]][:, part]
    return dense(weights, "projection", out)


def complete_row(nodes, pairs, loops=True):
    """All pairs of a graph as a row of edges."""
    ends = [(i, j) for i, j in np.ndindex(*pairs.shape[:2]) if loops or i != j]
    features = np.stack([pairs[i, j] for i, j in ends])
    return Row(nodes, [j for _, j in ends], [i for i, _ in ends], features)
