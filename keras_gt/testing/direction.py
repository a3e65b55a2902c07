"""A message goes from sender to receiver and not back."""

import numpy as np

from keras_gt.testing.batch_arrays import complete, has_plan, replan
from keras_gt.testing.comparison import assert_close, evaluate_each


def assert_messages_follow_direction(function, inputs, *, hops=1, tolerance=1e-5, seed=0):
    """Asserts that a node's features reach its receivers, and nobody against the arrows.

    Args:
        function: of the batch arrays, returning node features first.
        inputs: dictionary of batch arrays with float node_features and directed edges.
        hops: int, the number of message passing steps in the function.
        tolerance: float, see `assert_close`.
        seed: int, of the node's other features.

    Raises:
        AssertionError: if a receiver does not notice, or a node out of reach does.

    Example:
        >>> from keras_gt.testing import random_graph_inputs
        >>> def add_neighbours(inputs):
        ...     nodes = inputs["node_features"].copy()
        ...     rows = np.arange(len(nodes))[:, None]
        ...     messages = nodes[rows, inputs["senders"]] * inputs["edge_mask"][..., None]
        ...     np.add.at(nodes, (rows, inputs["receivers"]), messages)
        ...     return nodes
        >>> assert_messages_follow_direction(add_neighbours, random_graph_inputs())
    """
    inputs = complete(inputs)
    inputs, _ = replan(inputs, has_plan(inputs))
    rng, rows = np.random.default_rng([seed, 1]), inputs["senders"].shape[0]
    features = inputs["node_features"].copy()
    reached = np.zeros(inputs["node_mask"].shape, bool)
    direct = np.zeros_like(reached)
    for row in range(rows):
        sender = _one_way_sender(inputs, row)
        features[row, sender] += rng.normal(scale=5.0, size=features.shape[2])
        reached[row, sender] = True
        edges = (inputs[key][row, inputs["edge_mask"][row]] for key in ("senders", "receivers"))
        senders, receivers = edges
        direct[row, receivers[senders == sender]] = True
        for _ in range(hops):
            reached[row, receivers[reached[row, senders]]] = True
    expected, found = evaluate_each(function, (inputs, {**inputs, "node_features": features}))
    far = inputs["node_mask"] & ~reached
    assert_close(found[0], expected[0], tolerance, far, "nodes out of reach")
    change = np.abs(found[0] - expected[0]).max(axis=-1)[direct]
    assert (change > tolerance).all(), "a receiver does not notice its sender"


def _one_way_sender(inputs, row):
    """A node that sends to somebody whom it does not read."""
    real = inputs["edge_mask"][row]
    pairs = set(zip(inputs["senders"][row, real], inputs["receivers"][row, real], strict=True))
    one_way = [sender for sender, receiver in sorted(pairs) if (receiver, sender) not in pairs]
    assert one_way, f"row {row} has no edge in one direction alone"
    return int(one_way[0])
