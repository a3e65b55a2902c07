import functools

import keras
from keras import ops

from keras_gt import ops as graph_ops
from keras_gt.analysis.attention_scores import attending, symbols_like
from keras_gt.layers import GlobalLocalBlock, GraphAttention, MultiHeadAggregation
from keras_gt.models.inputs_by_name import InputsByName

_AWAY = -1e4  # in every float type, and far below any score


def strongest_of_each_head(model, count):
    """The model in which every head reads the `count` strongest of its edges alone.

    Each layer attends to all edges, and then once more: node by node and head by head with the
    edges that had the largest weights, which the softmax shares out anew. So heads, layers and
    nodes may all choose differently, where `keep_strongest` chooses one graph for all; and a
    layer chooses by what the layers below it, which chose too, have made of the nodes. It costs
    more than the model does: it finds out which edges matter. Edges as strong as the weakest one
    kept stay, too.

    Args:
        model: a backbone or task of `MultiHeadAggregation` or `GraphAttention`, whose softmax
            leaves out what a bias pushes away; others clip the scores.
        count: int, how many edges each head of a node reads.

    Returns:
        A `keras.Model` with the inputs, the outputs and the very weights of the model, for
        inference; `curve` takes it in the place of a builder.

    Raises:
        ValueError: if no layer attends, one that does has another score, or count is less than 1.

    Example:
        >>> import keras_gt, numpy as np
        >>> senders, receivers = keras_gt.graph.complete(4)
        >>> graph = keras_gt.graph.Graph(4, senders, receivers, node_features=np.eye(4))
        >>> backbone = keras_gt.models.GraphTransformer({"dense": 4}, 8, num_layers=1, num_heads=2)
        >>> sparse = keras_gt.analysis.sparsify.strongest_of_each_head(backbone, 1)
        >>> sparse.predict_on_batch(graph.inputs()).shape
        (1, 4, 8)

    Reference:
        Zhao et al., Explicit Sparse Transformer, 2019, https://arxiv.org/abs/1912.11637, section 3.
    """
    if count < 1:
        raise ValueError(
            f"count must be at least 1. Give each head an edge to read. Received: count={count}"
        )
    backbone = getattr(model, "backbone", model)
    _check_scores(backbone)

    def choose(layer, *args, **kwargs):
        if attending(layer) is not None:
            layer = _Choosing(layer, count, name=f"{layer.name}_choosing")
        return layer(*args, **kwargs)

    sparse = _with_calls(backbone, choose)
    if backbone is model:
        return sparse

    def replace(layer, *args, **kwargs):
        return (sparse if layer is backbone else layer)(*args, **kwargs)

    return _with_calls(model, replace)


def _with_calls(model, call):
    """The functional model with the same layers, each called by call(layer, *args, **kwargs)."""
    symbols = symbols_like(model)
    clone = keras.models.clone_model(
        model, input_tensors=symbols, clone_function=lambda layer: layer, call_function=call
    )
    return InputsByName(inputs=symbols, outputs=clone.output)


def _check_scores(backbone):
    """Raises unless there is attention, and all of it is by a softmax of unclipped scores."""
    found = [attending(layer) for layer in backbone.layers]
    kinds = {type(layer) for layer in found if layer is not None}
    if not kinds or kinds - {MultiHeadAggregation, GraphAttention}:
        names = sorted(kind.__name__ for kind in kinds)
        raise ValueError(
            "model must attend by MultiHeadAggregation or GraphAttention alone. Use "
            f"GraphTransformer without edge features, or BERT. Received: attention by {names}"
        )


class _Choosing(keras.layers.Layer):
    """A layer that attends, called twice: all edges, then the strongest ones of each head."""

    def __init__(self, layer, count, **kwargs):
        super().__init__(dtype=layer.dtype_policy, **kwargs)
        self.layer = layer
        self.count = count
        self.supports_masking = True
        self.built = True

    def call(
        self,
        node_features,
        edges=None,
        edge_features=None,
        *,
        sender_features=None,
        node_mask=None,
        local_mask=None,
        attention_inputs=None,
        update_edges=None,
    ):
        given = {"edge_features": edge_features, "sender_features": sender_features}
        given |= {"local_mask": local_mask, "attention_inputs": attention_inputs}
        given |= {"update_edges": update_edges}
        given = {key: value for key, value in given.items() if value is not None}
        call = functools.partial(
            self.layer, node_features, edges, node_mask=node_mask, training=False, **given
        )
        *_, scores = call(return_attention_scores=True)
        if isinstance(self.layer, GlobalLocalBlock):
            edges = (attention_inputs or {}).get("edges")
        edge_set = graph_ops.resolve_edges(edges, node_features, sender_features, node_mask)
        return call(attention_bias=_strongest_bias(edge_set, scores, self.count))

    def compute_output_spec(self, *args, **kwargs):
        return self.layer.compute_output_spec(*args, **kwargs)


def _strongest_bias(edge_set, scores, count):
    """The bias of the scores that leaves each head of a node its strongest edges."""
    weights = left = edge_set.per_edge(scores)  # (B, E, H), or (B, N, M, H) dense
    for _ in range(count):
        least = edge_set.receivers_of(edge_set.max(left))  # of those kept so far
        left = ops.where(left >= least, ops.cast(-1, left.dtype), left)
    away = ops.where(weights >= least, ops.cast(0, scores.dtype), ops.cast(_AWAY, scores.dtype))
    return edge_set.edge_scores(away)
