"""Every stored edge is an edge: twice is twice, and a self-loop is a message to oneself.

Both laws are stated with a twin: a new node with the features of node j that reads what j reads.
Whoever reads the twin reads what j says.
"""

import numpy as np

from keras_gt.testing.batch_arrays import (
    add_copies,
    complete,
    has_plan,
    make_room,
    replan,
    without_plan,
)
from keras_gt.testing.comparison import assert_close, evaluate_each


def assert_duplicate_edge_counts_twice(function, inputs, *, tolerance=1e-5):
    """Asserts that storing j -> i twice is the same as an edge from a twin of j to i.

    Args:
        function: of the batch arrays, returning node features first.
        inputs: dictionary of batch arrays; in each row its first real edge between two nodes is
            doubled.
        tolerance: float, see `assert_close`.

    Raises:
        AssertionError: if the results differ.

    Example:
        >>> from keras_gt.testing import random_graph_inputs
        >>> def add_neighbours(inputs):
        ...     nodes = inputs["node_features"].copy()
        ...     rows = np.arange(len(nodes))[:, None]
        ...     messages = nodes[rows, inputs["senders"]] * inputs["edge_mask"][..., None]
        ...     np.add.at(nodes, (rows, inputs["receivers"]), messages)
        ...     return nodes
        >>> assert_duplicate_edge_counts_twice(add_neighbours, random_graph_inputs())
    """
    inputs, planned = _prepared(inputs)
    double, twins, copies = [], [], []
    for row in range(inputs["senders"].shape[0]):
        senders, receivers, edge = _row(inputs, row)
        sender, receiver = int(senders[edge]), int(receivers[edge])
        twin = inputs["node_mask"].shape[1] - 1
        double.append([(sender, receiver, edge)])
        twins.append([(twin, receiver, edge), *_reads(inputs, row, sender, twin)])
        copies.append(sender)
    pair = _pair(inputs, planned, double, twins, copies)
    _assert_same(function, pair, inputs["node_mask"], tolerance, "duplicate edge")


def assert_self_loop_is_an_edge(function, inputs, *, tolerance=1e-5):
    """Asserts that a self-loop at j is the same as a twin of j that sends to j.

    Args:
        function: of the batch arrays, returning node features first.
        inputs: dictionary of batch arrays without self-loops; in each row the receiver of the
            first real edge gets one, with the features of that edge.
        tolerance: float, see `assert_close`.

    Raises:
        AssertionError: if the results differ, for instance because self-loops are dropped.

    Example:
        >>> from keras_gt.testing import random_graph_inputs
        >>> def add_neighbours(inputs):
        ...     nodes = inputs["node_features"].copy()
        ...     rows = np.arange(len(nodes))[:, None]
        ...     messages = nodes[rows, inputs["senders"]] * inputs["edge_mask"][..., None]
        ...     np.add.at(nodes, (rows, inputs["receivers"]), messages)
        ...     return nodes
        >>> assert_self_loop_is_an_edge(add_neighbours, random_graph_inputs())
    """
    inputs, planned = _prepared(inputs)
    loops, twins, copies = [], [], []
    for row in range(inputs["senders"].shape[0]):
        _, receivers, edge = _row(inputs, row)
        node, twin = int(receivers[edge]), inputs["node_mask"].shape[1] - 1
        loops.append([(node, node, edge)])
        both = [(twin, node, edge), (node, twin, edge)]
        twins.append([*both, *_reads(inputs, row, node, twin)])
        copies.append(node)
    pair = _pair(inputs, planned, loops, twins, copies)
    _assert_same(function, pair, inputs["node_mask"], tolerance, "self-loop")


def _prepared(inputs):
    """The arrays with room for a twin and its edges, and whether they have a plan."""
    inputs = complete(inputs)
    planned, most = has_plan(inputs), 0
    for row in range(inputs["senders"].shape[0]):
        receivers = inputs["receivers"][row, inputs["edge_mask"][row]]
        most = max(most, int(np.bincount(receivers).max(initial=0)))
    return make_room(without_plan(inputs), 1, most + 2), planned


def _row(inputs, row):
    senders, receivers = inputs["senders"][row], inputs["receivers"][row]
    usable = inputs["edge_mask"][row] & (senders != receivers)
    assert usable.any(), f"row {row} has no edge between two nodes"
    return senders, receivers, int(np.argmax(usable))


def _reads(inputs, row, node, twin):
    """The edges by which the twin reads what the node reads."""
    into = np.flatnonzero(inputs["edge_mask"][row] & (inputs["receivers"][row] == node))
    return [(int(inputs["senders"][row, edge]), twin, int(edge)) for edge in into]


def _pair(inputs, planned, edges, twin_edges, copies):
    """The batch with the edge in question, and the batch with the twin instead."""
    first = add_copies(inputs, [None] * len(copies), edges)
    second = add_copies(inputs, copies, twin_edges)
    return replan(first, planned)[0], replan(second, planned)[0]


def _assert_same(function, pair, real, tolerance, name):
    found, expected = evaluate_each(function, pair)
    assert_close(found[0], expected[0], tolerance, real, name)
