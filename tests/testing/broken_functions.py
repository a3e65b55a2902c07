"""A sound graph function in plain NumPy and its deliberately broken relatives."""

import numpy as np


def sum_neighbours(inputs, senders="senders", receivers="receivers", mask=None):
    """h_i' = h_i + sum_j h_j, the edges' own h_i + h_j; both right in every respect."""
    features = np.asarray(inputs["node_features"], "float64")
    mask = inputs["edge_mask"] if mask is None else mask
    nodes, edges = features.copy(), np.zeros((*mask.shape, features.shape[-1]))
    for row in range(len(features)):
        ends = inputs[senders][row], inputs[receivers][row]
        edges[row] = features[row, ends[0]] + features[row, ends[1]]
        for sender, receiver, real in zip(*ends, mask[row], strict=True):
            if real:
                nodes[row, receiver] += features[row, sender]
    return nodes, edges


def sum_graph(inputs):
    """One vector a graph, the sum of its real nodes."""
    return (sum_neighbours(inputs)[0] * inputs["node_mask"][..., None]).sum(axis=1)


def adds_node_number(inputs):
    nodes, edges = sum_neighbours(inputs)
    return nodes + np.arange(nodes.shape[1])[:, None] / 100, edges


def adds_edge_number(inputs):
    nodes, edges = sum_neighbours(inputs)
    return nodes, edges + np.arange(edges.shape[1])[:, None] / 100


def weighs_first_edge_more(inputs):
    nodes, edges = sum_neighbours(inputs)
    first = inputs["receivers"][:, 0]
    nodes[np.arange(len(first)), first] += 0.1
    return nodes, edges


def ignores_edge_mask(inputs):
    return sum_neighbours(inputs, mask=np.ones_like(inputs["edge_mask"]))


def centres_over_padding(inputs):
    nodes, edges = sum_neighbours(inputs)
    return nodes - nodes.mean(axis=1, keepdims=True), edges


def centres_over_batch(inputs):
    nodes, edges = sum_neighbours(inputs)
    mean = nodes[inputs["node_mask"]].mean(axis=0)
    return nodes - mean, edges


def centres_over_nodes(inputs):
    nodes, edges = sum_neighbours(inputs)
    real = inputs["node_mask"][..., None]
    return nodes - (nodes * real).sum(1, keepdims=True) / real.sum(1, keepdims=True), edges


def divides_by_degree(inputs):
    """NaN for a node that reads nobody."""
    nodes, edges = sum_neighbours(inputs)
    degree = sum_neighbours({**inputs, "node_features": np.ones_like(inputs["node_features"])})
    with np.errstate(invalid="ignore"):
        return (nodes - inputs["node_features"]) / (degree[0] - 1), edges


def adds_number_of_nodes(inputs):
    nodes, edges = sum_neighbours(inputs)
    return nodes + nodes.shape[1], edges


def drops_self_loops(inputs):
    loops = inputs["senders"] == inputs["receivers"]
    return sum_neighbours(inputs, mask=inputs["edge_mask"] & ~loops)


def drops_duplicates(inputs):
    mask = inputs["edge_mask"].copy()
    for row in range(len(mask)):
        seen = set()
        for edge in np.flatnonzero(mask[row]):
            pair = (inputs["senders"][row, edge], inputs["receivers"][row, edge])
            mask[row, edge] = pair not in seen
            seen.add(pair)
    return sum_neighbours(inputs, mask=mask)


def sends_both_ways(inputs):
    forth, edges = sum_neighbours(inputs)
    back, _ = sum_neighbours(inputs, "receivers", "senders")
    return forth + back, edges


def sends_backwards(inputs):
    return sum_neighbours(inputs, "receivers", "senders")


def reads_nobody(inputs):
    return np.asarray(inputs["node_features"], "float64")
