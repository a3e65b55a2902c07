"""Random batches with axes of distinct prime sizes, so that no mixed-up axis goes unseen."""

import numpy as np

from keras_gt.testing.batch_arrays import with_plan


def random_graph_inputs(
    num_rows=2,
    num_nodes=11,
    num_edges=31,
    num_features=5,
    num_edge_features=None,
    edge_weights=False,
    plan=False,
    seed=0,
):
    """A batch of random directed graphs in the data contract's arrays.

    Row b has `num_nodes - 2 - b` real nodes, the last of them isolated, and about two thirds of
    the edges are real: distinct, without self-loops, mostly in one direction alone. The rest is
    padding.

    Args:
        num_rows: int B.
        num_nodes: int N, at least B + 5.
        num_edges: int E.
        num_features: int F.
        num_edge_features: int C, or None for no edge features.
        edge_weights: bool, adds positive edge weights.
        plan: bool, adds the arrays that switch on the fast paths.
        seed: int.

    Returns:
        Dictionary of arrays: node_features (B, N, F), senders and receivers (B, E), node_mask
        (B, N), edge_mask (B, E) and, where asked for, edge_features (B, E, C), edge_weights
        (B, E) and the plan.

    Raises:
        ValueError: if there are too few nodes.

    Example:
        >>> inputs = random_graph_inputs(num_edge_features=3)
        >>> inputs["node_features"].shape, inputs["edge_features"].shape
        ((2, 11, 5), (2, 31, 3))
    """
    if num_nodes < num_rows + 5:
        raise ValueError(
            "num_nodes must be at least num_rows + 5. Give each row some nodes. Received: "
            f"num_nodes={num_nodes}, num_rows={num_rows}"
        )
    rng = np.random.default_rng(seed)
    inputs = {
        "node_features": rng.normal(size=(num_rows, num_nodes, num_features)).astype("float32"),
        "senders": np.full((num_rows, num_edges), num_nodes - 1, "int32"),
        "receivers": np.full((num_rows, num_edges), num_nodes - 1, "int32"),
        "node_mask": np.zeros((num_rows, num_nodes), bool),
        "edge_mask": np.zeros((num_rows, num_edges), bool),
    }
    for row in range(num_rows):
        real = num_nodes - 2 - row
        inputs["node_mask"][row, :real] = True
        pairs = np.argwhere(~np.eye(real - 1, dtype=bool))  # the last real node stays isolated
        ahead = (pairs[:, 0] < pairs[:, 1]) | (rng.random(len(pairs)) < 0.2)
        pairs = rng.permutation(pairs[ahead])[: 2 * num_edges // 3]
        pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
        inputs["receivers"][row, : len(pairs)] = pairs[:, 0]
        inputs["senders"][row, : len(pairs)] = pairs[:, 1]
        inputs["edge_mask"][row, : len(pairs)] = True
    if num_edge_features is not None:
        shape = (num_rows, num_edges, num_edge_features)
        inputs["edge_features"] = rng.normal(size=shape).astype("float32")
    if edge_weights:
        inputs["edge_weights"] = rng.uniform(0.5, 1.5, (num_rows, num_edges)).astype("float32")
    return with_plan(inputs)[0] if plan else inputs
