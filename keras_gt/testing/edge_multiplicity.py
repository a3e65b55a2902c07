"""Every stored edge is an edge: twice is twice, and a self-loop is a message to oneself.

Both laws are stated with a twin: a new node with the features of node j that reads what j reads.
Whoever reads the twin reads what j says.
"""

import numpy as np

from keras_gt.testing.batch_arrays import add_copies, complete, has_plan, replan, without_plan
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
    """
    inputs = complete(inputs)
    double, twins, copies = [], [], []
    for row in range(inputs["senders"].shape[0]):
        senders, receivers, edge = _row(inputs, row)
        sender, receiver = int(senders[edge]), int(receivers[edge])
        twin = inputs["node_mask"].shape[1]
        double.append([(sender, receiver, edge)])
        twins.append([(twin, receiver, edge), *_reads(inputs, row, sender, twin)])
        copies.append(sender)
    _assert_same(function, inputs, double, twins, copies, tolerance, "duplicate edge")


def assert_self_loop_is_an_edge(function, inputs, *, tolerance=1e-5):
    """Asserts that a self-loop at j is the same as a twin of j that sends to j.

    Args:
        function: of the batch arrays, returning node features first.
        inputs: dictionary of batch arrays without self-loops; in each row the receiver of the
            first real edge gets one, with the features of that edge.
        tolerance: float, see `assert_close`.

    Raises:
        AssertionError: if the results differ, for instance because self-loops are dropped.
    """
    inputs = complete(inputs)
    loops, twins, copies = [], [], []
    for row in range(inputs["senders"].shape[0]):
        _, receivers, edge = _row(inputs, row)
        node, twin = int(receivers[edge]), inputs["node_mask"].shape[1]
        loops.append([(node, node, edge)])
        both = [(twin, node, edge), (node, twin, edge)]
        twins.append([*both, *_reads(inputs, row, node, twin)])
        copies.append(node)
    _assert_same(function, inputs, loops, twins, copies, tolerance, "self-loop")


def _row(inputs, row):
    senders, receivers = inputs["senders"][row], inputs["receivers"][row]
    usable = inputs["edge_mask"][row] & (senders != receivers)
    assert usable.any(), f"row {row} has no edge between two nodes"
    return senders, receivers, int(np.argmax(usable))


def _reads(inputs, row, node, twin):
    """The edges by which the twin reads what the node reads."""
    into = np.flatnonzero(inputs["edge_mask"][row] & (inputs["receivers"][row] == node))
    return [(int(inputs["senders"][row, edge]), twin, int(edge)) for edge in into]


def _assert_same(function, inputs, edges, twin_edges, copies, tolerance, name):
    plain, planned = without_plan(inputs), has_plan(inputs)
    width = max(len(row) for row in (*edges, *twin_edges))
    first = add_copies(plain, [None] * len(copies), edges, width)
    second = add_copies(plain, copies, twin_edges, width)
    batches = (replan(first, planned)[0], replan(second, planned)[0])
    found, expected = evaluate_each(function, batches)
    assert_close(found[0], expected[0], tolerance, first["node_mask"], name)
