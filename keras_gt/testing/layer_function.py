"""A layer as a function of the batch arrays, with the edges in the form of one's choice."""

import numpy as np

from keras_gt.testing.batch_arrays import PLAN_KEYS

FORMS = ("sparse", "plan", "dense", "complete")


def layer_function(layer, form="sparse"):
    """Wraps a layer that reads edges as a function of the dictionary of batch arrays.

    Args:
        layer: layer with the call signature of `keras_gt.layers.GraphLayer`.
        form: "sparse" for edge lists, "plan" for edge lists with their plan where the arrays have
            one, "dense" for the (B, N, N) adjacency, "complete" for no edges argument at all.

    Returns:
        Function of the arrays that returns what the layer does.

    Raises:
        ValueError: if the form is unknown, or a dense form is asked for with a pair stored twice.

    Example:
        >>> from keras_gt.layers import GraphConvolution
        >>> from keras_gt.testing import layer_function, random_graph_inputs
        >>> function = layer_function(GraphConvolution(3))
        >>> tuple(function(random_graph_inputs()).shape)
        (2, 11, 3)
    """
    if form not in FORMS:
        raise ValueError(
            f"form must be one of {list(FORMS)}. Choose one of them. Received: form={form!r}"
        )

    def function(inputs):
        edges, edge_features = None, inputs.get("edge_features")
        if form in ("sparse", "plan"):
            edges = {"senders": inputs["senders"], "receivers": inputs["receivers"]}
            edges["mask"] = inputs["edge_mask"]
            if inputs.get("edge_weights") is not None:
                edges["weights"] = inputs["edge_weights"]
            if form == "plan":
                edges.update({key: inputs[key] for key in PLAN_KEYS if key in inputs})
        else:
            edge_features = None if edge_features is None else dense_pairs(inputs, edge_features)
        if form == "dense":
            weights = inputs.get("edge_weights")
            values = inputs["edge_mask"] if weights is None else weights
            edges = dense_pairs(inputs, values)
        return layer(inputs["node_features"], edges, edge_features, node_mask=inputs["node_mask"])

    return function


def dense_pairs(inputs, values):
    """Per-edge values (B, E, ...) as (B, N, N, ...): entry [b, n, m] of the edge m -> n, else 0."""
    rows, num_nodes = inputs["node_mask"].shape
    dense = np.zeros((rows, num_nodes, num_nodes, *values.shape[2:]), values.dtype)
    for row in range(rows):
        real = inputs["edge_mask"][row]
        receivers, senders = inputs["receivers"][row, real], inputs["senders"][row, real]
        if len(np.unique(receivers * num_nodes + senders)) < len(senders):
            raise ValueError(
                "inputs must store each pair once where the edges are dense. Remove duplicate "
                f"edges. Received: a duplicate in row {row}"
            )
        dense[row, receivers, senders] = values[row, real]
    return dense
