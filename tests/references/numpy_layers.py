"""The layers written from their papers as loops over nodes and edges, in float64 NumPy.

`weights` maps the name of a weight below its layer ("value/kernel") to its array. A row is a
`Row`: one graph, real edges only.
"""

import dataclasses
import math

import numpy as np


@dataclasses.dataclass
class Row:
    nodes: np.ndarray  # (N, F)
    senders: list
    receivers: list
    edges: np.ndarray = None  # (E, C)
    edge_weights: np.ndarray = None  # (E,)

    def into(self, node):
        """The edges that end at the node."""
        return [edge for edge, receiver in enumerate(self.receivers) if receiver == node]


def dense(weights, name, x):
    return x @ weights[f"{name}/kernel"] + weights.get(f"{name}/bias", 0.0)


def below(weights, name):
    """The weights of an inner layer, by their names below it."""
    prefix = f"{name}/"
    inner = {key: value for key, value in weights.items() if key.startswith(prefix)}
    return {key.removeprefix(prefix): value for key, value in inner.items()}


def softmax(scores):
    powers = np.exp(scores - np.max(scores))
    return powers / powers.sum()


def leaky_relu(x):
    return np.where(x > 0, x, 0.2 * x)


def gelu(x):
    return x * np.vectorize(lambda z: 0.5 * (1 + math.erf(z / math.sqrt(2))))(x)


def graph_attention(weights, row, heads, size, gatv2=False, concat=True):
    width = heads * size
    sent = row.nodes if "value/kernel" not in weights else dense(weights, "value", row.nodes)
    read = dense(weights, "query", row.nodes) if gatv2 else sent
    out = np.zeros((len(row.nodes), heads, size))
    for node in range(len(row.nodes)):
        for head in range(heads):
            part = slice(head * size, head * size + size)
            scores, into = [], row.into(node)
            for edge in into:
                sender = row.senders[edge]
                if gatv2:
                    joint = read[node, part] + sent[sender, part]
                    if row.edges is not None:
                        joint = joint + dense(weights, "edge", row.edges[edge])[part]
                    scores.append(weights["score_vector"][head] @ leaky_relu(joint))
                    continue
                score = weights["receiver_score"][head] @ read[node, part]
                score += weights["sender_score"][head] @ sent[sender, part]
                if row.edges is not None:
                    score += dense(weights, "edge", row.edges[edge])[head]
                score += weights["score_bias"][head] if "score_bias" in weights else 0
                scores.append(leaky_relu(score))
            for alpha, edge in zip(softmax(scores) if into else [], into, strict=True):
                out[node, head] += alpha * sent[row.senders[edge], part]
    out = out.reshape(-1, width) if concat else out.mean(axis=1)
    return out + weights.get("bias", 0.0)


def multi_head_attention(weights, row, heads, size, scaled=True):
    query, key, value = (dense(weights, name, row.nodes) for name in ("query", "key", "value"))
    out = np.zeros((len(row.nodes), heads * size))
    for node in range(len(row.nodes)):
        into = row.into(node)
        for head in range(heads if into else 0):
            part = slice(head * size, head * size + size)
            scores, values = [], []
            for edge in into:
                k, v = key[row.senders[edge], part], value[row.senders[edge], part]
                if row.edges is not None:
                    shift = dense(weights, "edge", row.edges[edge])[part]
                    k, v = k + shift, v + shift
                scores.append(query[node, part] @ k * (size**-0.5 if scaled else 1))
                values.append(v)
            out[node, part] = sum(w * v for w, v in zip(softmax(scores), values, strict=True))
    return finish(weights, row, out)


def persistent_memory(weights, row, aggregation):
    """The graph with the memory as further nodes that every node reads, over edges of zeros."""
    memory, count = weights["memory"], len(row.nodes)
    new = [(count + slot, node) for slot in range(len(memory)) for node in range(count)]
    edges = None
    if row.edges is not None:
        edges = np.concatenate([row.edges, np.zeros((len(new), row.edges.shape[1]))])
    joined = Row(
        np.concatenate([row.nodes, memory]),
        [*row.senders, *(sender for sender, _ in new)],
        [*row.receivers, *(receiver for _, receiver in new)],
        edges,
    )
    return aggregation(below(weights, "aggregation"), joined)[:count]


def reduction(weights, row, kind):
    value = dense(weights, "value", row.nodes)
    out = np.zeros_like(value)
    for node in range(len(row.nodes)):
        messages = [value[row.senders[edge]] for edge in row.into(node)]
        if row.edges is not None:
            pairs = zip(messages, row.into(node), strict=True)
            messages = [v + dense(weights, "edge", row.edges[edge]) for v, edge in pairs]
        if not messages:
            continue
        messages = np.stack(messages)
        if kind == "std":
            out[node] = np.sqrt(messages.var(axis=0) + 1e-5)
        else:
            out[node] = getattr(messages, kind)(axis=0)
    return finish(weights, row, out) + weights.get("bias", 0.0)


def finish(weights, row, out):
    """Output projection and root term, where there are any."""
    if "projection/kernel" in weights:
        out = dense(weights, "projection", out)
    return out + (dense(weights, "root", row.nodes) if "root/kernel" in weights else 0)


def graph_convolution(weights, row):
    value = dense(weights, "value", row.nodes) if "value/kernel" in weights else row.nodes
    out = np.zeros_like(value)
    for edge, (sender, receiver) in enumerate(zip(row.senders, row.receivers, strict=True)):
        out[receiver] += row.edge_weights[edge] * value[sender]
    return out + weights["bias"]


def graph_isomorphism(weights, row, epsilon):
    out = (1 + weights.get("epsilon", epsilon)) * row.nodes
    for edge, (sender, receiver) in enumerate(zip(row.senders, row.receivers, strict=True)):
        message = row.nodes[sender]
        if row.edges is not None:
            pair = row.edges[edge]
            pair = dense(weights, "edge", pair) if "edge/kernel" in weights else pair
            message = np.maximum(message + pair, 0)
        out[receiver] = out[receiver] + message
    return feed_forward(below(weights, "feed_forward"), out)


def gated_convolution(weights, row):
    own, value = dense(weights, "own", row.nodes), dense(weights, "value", row.nodes)
    edges = dense(weights, "edge", row.edges)
    edges = edges + dense(weights, "sender_gate", row.nodes)[row.senders]
    edges = edges + dense(weights, "receiver_gate", row.nodes)[row.receivers]
    gates = 1 / (1 + np.exp(-edges))
    out = own.copy()
    for node in range(len(out)):
        into = row.into(node)
        total = sum((gates[edge] * value[row.senders[edge]] for edge in into), np.zeros(1))
        out[node] += total / (sum((gates[edge] for edge in into), np.zeros(1)) + 1e-6)
    return out, edges


def edge_attention(weights, row, heads, size):
    query, key, value = (dense(weights, name, row.nodes) for name in ("query", "key", "value"))
    joint = query[row.receivers] * key[row.senders] / np.sqrt(size)
    joint = joint * dense(weights, "edge", row.edges)  # (E, H K)
    out = np.zeros((len(row.nodes), heads * size))
    for node in range(len(out)):
        for head in range(heads):
            part, total = slice(head * size, head * size + size), 1e-6
            for edge in row.into(node):
                weight = np.exp(np.clip(joint[edge, part].sum(), -5, 5))
                out[node, part] += weight * value[row.senders[edge], part]
                total += weight
            out[node, part] /= total
    return dense(weights, "projection", out), dense(weights, "edge_projection", joint)


def feed_forward(weights, x):
    hidden = dense(weights, "expand", x)
    if "norm/gamma" in weights:
        hidden = batch_norm(below(weights, "norm"), hidden)
    return dense(weights, "contract", gelu(hidden))


def batch_norm(weights, x, epsilon=1e-5):
    centred = (x - weights["moving_mean"]) / np.sqrt(weights["moving_variance"] + epsilon)
    return centred * weights["gamma"] + weights["beta"]


def layer_norm(weights, x, epsilon=1e-5):
    centred = x - x.mean(axis=-1, keepdims=True)
    centred = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + epsilon)
    return centred * weights["gamma"] + weights["beta"]


def block(weights, row, aggregation, residual, norm):
    """The stream of the nodes, and that of the edges where the aggregation has one."""

    def part(x, update, name):
        if residual == "pre":
            return x + update
        return norm(below(weights, name), x + update if residual == "post" else update)

    def start(x, name):
        return norm(below(weights, name), x) if residual == "pre" and x is not None else x

    inner = dataclasses.replace(row, nodes=start(row.nodes, "aggregation_norm"))
    inner.edges = start(row.edges, "edge_aggregation_norm")
    updates = aggregation(inner)
    updates = updates if isinstance(updates, tuple) else (updates,)
    out = []
    for x, update, prefix in zip((row.nodes, row.edges), updates, ("", "edge_"), strict=False):
        x = part(x, update, f"{prefix}aggregation_norm")
        if any(key.startswith(f"{prefix}feed_forward/") for key in weights):
            norm_name = f"{prefix}feed_forward_norm"
            hidden = feed_forward(below(weights, f"{prefix}feed_forward"), start(x, norm_name))
            x = part(x, hidden, norm_name)
        out.append(x)
    return tuple(out)
