"""The graph inductive bias transformer's layers, written from the paper in float64 NumPy."""

import numpy as np

from tests.references.numpy_layers import Row, dense, softmax


def signed_root(x):
    return np.sign(x) * np.sqrt(np.abs(x))


def conditional_edge_attention(weights, row, heads, size):
    query, key, value = (dense(weights, name, row.nodes) for name in ("query", "key", "value"))
    condition = dense(weights, "edge", row.edges)
    width = heads * size
    edges = signed_root((query[row.receivers] + key[row.senders]) * condition[:, :width])
    edges = np.maximum(edges + condition[:, width:], 0)
    out = np.zeros((len(row.nodes), width))
    for node in range(len(out)):
        into = row.into(node)
        for head in range(heads if into else 0):
            part = slice(head * size, head * size + size)
            scores = [weights["score_vector"][head] @ edges[edge, part] for edge in into]
            for weight, edge in zip(softmax(np.clip(scores, -5, 5)), into, strict=True):
                read = edges[edge, part] @ weights["edge_value"][head]
                out[node, part] += weight * (value[row.senders[edge], part] + read)
    return out, edges


def degree_scaler(weights, nodes, degrees):
    """nodes (N, D), degrees (N,)."""
    log_degree = np.log(1 + degrees)[:, None]
    return nodes * weights["scale"] + nodes * log_degree * weights["degree_scale"]


def norm(layer, x, epsilon=1e-5):
    """A batch norm at inference; layer holds its arrays by name."""
    spread = np.sqrt(layer["moving_variance"] + epsilon)
    return (x - layer["moving_mean"]) / spread * layer["gamma"] + layer["beta"]


def grit(layers, row, pairs, num_layers, heads):
    """The backbone on one graph with float features.

    layers maps a layer's name to its arrays by name, pairs (N, N, K) is the encoding, entry
    [i, j] about receiver i and sender j.
    """
    num_nodes = len(row.nodes)
    nodes = dense(layers["node_encoder"], "dense", row.nodes)
    edges = dense(layers["edge_encoder"], "dense", row.edges)
    own = np.stack([pairs[node, node] for node in range(num_nodes)])
    nodes = nodes + dense(layers["random_walks_node_encoder"], "dense", own)
    pairs = dense(layers["random_walks_encoder"], "dense", pairs)
    for edge, (sender, receiver) in enumerate(zip(row.senders, row.receivers, strict=True)):
        pairs[receiver, sender] += edges[edge]
    degrees = np.bincount(row.receivers, minlength=num_nodes)
    receivers, senders = np.divmod(np.arange(num_nodes**2), num_nodes)
    size = nodes.shape[1] // heads
    for index in range(num_layers):
        full = Row(nodes, senders.tolist(), receivers.tolist(), pairs.reshape(num_nodes**2, -1))
        weights = layers[f"attention_{index}"]
        update, pair_update = conditional_edge_attention(weights, full, heads, size)
        update = degree_scaler(layers[f"scaler_{index}"], update, degrees)
        update = dense(layers[f"projection_{index}"], "dense", update)
        nodes = norm(layers[f"attention_{index}_norm"], nodes + update)
        hidden = np.maximum(dense(layers[f"feed_forward_{index}"], "expand", nodes), 0)
        update = dense(layers[f"feed_forward_{index}"], "contract", hidden)
        nodes = norm(layers[f"feed_forward_{index}_norm"], nodes + update)
        if index + 1 < num_layers:
            update = pair_update.reshape(num_nodes, num_nodes, -1)
            update = dense(layers[f"pair_projection_{index}"], "dense", update)
            pairs = norm(layers[f"pair_{index}_norm"], pairs + update)
    return nodes
