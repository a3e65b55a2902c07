"""Edits of batch arrays that keep the data contract: permutations, padding, plans, copies."""

import numpy as np

from keras_gt.graph import plan_edges

EDGE_KEYS = ("senders", "receivers", "edge_mask", "edge_features", "edge_weights")
PLAN_KEYS = ("receiver_offsets", "sender_offsets", "sender_order")
GRAPH_KEYS = ("graph_mask",)
NODE_KEYS = ("node_features", "feature_ids", "feature_values", "positional_encoding")


def node_keys(inputs):
    """Keys of the arrays with one node axis: all that are no edge's, graph's or pair's."""
    others = (*EDGE_KEYS, *PLAN_KEYS, *GRAPH_KEYS, *pair_keys(inputs))
    return [key for key, value in inputs.items() if key not in others and value is not None]


def pair_keys(inputs):
    """Keys of the arrays (B, N, N, ...): all that are square under a name of one's own."""
    others = (*EDGE_KEYS, *PLAN_KEYS, *GRAPH_KEYS, *NODE_KEYS, "pairs", "pair_mask")
    named = {key: value for key, value in inputs.items() if key not in others}
    return [key for key, value in named.items() if _is_square(value)]


def _is_square(value):
    return value is not None and np.ndim(value) > 2 and value.shape[1] == value.shape[2]


def edge_keys(inputs):
    """Keys of the arrays with an edge axis."""
    return [key for key in EDGE_KEYS if inputs.get(key) is not None]


def has_plan(inputs):
    return all(inputs.get(key) is not None for key in PLAN_KEYS)


def complete(inputs):
    """A copy with node_mask and edge_mask, all true where they were left out."""
    inputs = {key: np.array(value) for key, value in inputs.items() if value is not None}
    rows, num_nodes = inputs[node_keys(inputs)[0]].shape[:2]
    inputs.setdefault("node_mask", np.ones((rows, num_nodes), bool))
    inputs.setdefault("edge_mask", np.ones(inputs["senders"].shape, bool))
    inputs["node_mask"] = inputs["node_mask"].astype(bool)
    inputs["edge_mask"] = inputs["edge_mask"].astype(bool)
    return inputs


def along(array, order):
    """array (B, X, ...) with its second axis in the order (B, X) given for each row."""
    return np.take_along_axis(array, order.reshape(order.shape + (1,) * (array.ndim - 2)), axis=1)


def along_pairs(array, order):
    """array (B, N, N, ...) with both node axes in the order (B, N) given for each row."""
    row = np.arange(len(array))[:, None, None]
    return array[row, order[:, :, None], order[:, None, :]]


def without_plan(inputs):
    return {key: value for key, value in inputs.items() if key not in PLAN_KEYS}


def with_plan(inputs):
    """The inputs with sorted edges and their plan, and the order (B, E) the edges now have."""
    num_nodes = inputs["node_mask"].shape[1]
    plan = plan_edges(
        inputs["senders"], inputs["receivers"], inputs["edge_mask"], num_nodes=num_nodes
    )
    order = plan.pop("order")
    sorted_edges = {key: along(inputs[key], order) for key in edge_keys(inputs)}
    return {**inputs, **sorted_edges, **plan}, order


def replan(inputs, planned):
    """Restores what the contract asks of edges after an edit: (inputs, edge order)."""
    inputs = without_plan(inputs)
    last = inputs["node_mask"].shape[1] - 1
    for key in ("senders", "receivers"):
        inputs[key] = np.where(inputs["edge_mask"], inputs[key], last).astype("int32")
    if planned:
        return with_plan(inputs)
    size = inputs["senders"].shape
    return inputs, np.broadcast_to(np.arange(size[1]), size)


def permute_nodes(inputs, order):
    """New node n is old node order[b, n]."""
    inverse = np.argsort(order, axis=1)
    moved = {key: along(inputs[key], order) for key in node_keys(inputs)}
    moved |= {key: along_pairs(inputs[key], order) for key in pair_keys(inputs)}
    ends = {key: np.take_along_axis(inverse, inputs[key], 1) for key in ("senders", "receivers")}
    return {**inputs, **moved, **ends}


def add_padding(inputs, num_nodes, num_edges):
    """The inputs with further masked nodes and edges at the end of each row."""
    wider = dict(inputs)
    for keys, extra in ((node_keys(inputs), num_nodes), (edge_keys(inputs), num_edges)):
        for key in keys:
            pad = [(0, 0), (0, extra), *[(0, 0)] * (inputs[key].ndim - 2)]
            wider[key] = np.pad(inputs[key], pad)
    for key in pair_keys(inputs):
        pad = [(0, 0), (0, num_nodes), (0, num_nodes), *[(0, 0)] * (inputs[key].ndim - 3)]
        wider[key] = np.pad(inputs[key], pad)
    return wider


def stack_rows(*batches):
    """One batch with the rows of all."""
    return {key: np.concatenate([batch[key] for batch in batches]) for key in batches[0]}


def make_room(inputs, num_nodes, num_edges):
    """The inputs, with more padding where their rows have too few masked nodes or edges left."""
    spare_nodes = int((~inputs["node_mask"]).sum(axis=1).min())
    spare_edges = int((~inputs["edge_mask"]).sum(axis=1).min())
    missing = max(0, num_nodes - spare_nodes), max(0, num_edges - spare_edges)
    return add_padding(inputs, *missing) if any(missing) else inputs


def add_copies(inputs, copies, edges):
    """Adds to each row a copy of one of its nodes, and edges that are like edges it has.

    Args:
        inputs: batch arrays without plan, with room for both (see `make_room`) at their end.
        copies: for each row the node to copy onto the last node N - 1, or None.
        edges: for each row a list of (sender, receiver, like): like is the edge whose features
            and weight the new edge takes.
    """
    changed = {key: value.copy() for key, value in inputs.items()}
    for row, (node, new_edges) in enumerate(zip(copies, edges, strict=True)):
        if node is not None:
            for key in node_keys(changed):
                changed[key][row, -1] = changed[key][row, node]
        free = np.flatnonzero(~inputs["edge_mask"][row])
        for position, (sender, receiver, like) in zip(free, new_edges, strict=False):
            for key in edge_keys(changed):
                changed[key][row, position] = changed[key][row, like]
            changed["senders"][row, position] = sender
            changed["receivers"][row, position] = receiver
            changed["edge_mask"][row, position] = True
    return changed
