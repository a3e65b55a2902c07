import keras
from keras import ops

from keras_gt.layers import (
    ConditionalEdgeAttention,
    EdgeAttention,
    FullGraphAttention,
    GatedEdgeAttention,
    GlobalLocalBlock,
    GraphAttention,
    MultiHeadAggregation,
    TransformerGraphBlock,
)
from keras_gt.models.inputs_by_name import OPTIONAL_INPUTS, InputsByName

_ATTENTION = (
    ConditionalEdgeAttention,
    EdgeAttention,
    FullGraphAttention,
    GatedEdgeAttention,
    GraphAttention,
)


def attending(layer):
    """The layer that attends: this one, or the one inside this block; None if there is none."""
    if isinstance(layer, TransformerGraphBlock):
        return attending(layer.aggregation)
    if isinstance(layer, GlobalLocalBlock):
        return attending(layer.attention)
    if isinstance(layer, MultiHeadAggregation):
        return layer if layer.aggregation == "attention" else None
    return layer if isinstance(layer, _ATTENTION) else None


def _like(tensor):
    optional = tensor.name in OPTIONAL_INPUTS
    return keras.Input(
        batch_shape=tensor.shape, dtype=tensor.dtype, name=tensor.name, optional=optional
    )


def attention_scores(model, inputs):
    """The attention weights of every layer of a model, for given inputs.

    The model is run once in inference, as it is; nothing about it changes.

    Args:
        model: a backbone, or a task on a backbone.
        inputs: dictionary of arrays, such as `Graph.inputs()` or a batch of a `GraphLoader`.

    Returns:
        Dictionary from the layer's name to a NumPy array, in the model's order: (B, E, H) aligned
        to the edges of `inputs`, or (B, H, N, M) where the layer's attention is dense. The weights
        of a node's incoming edges sum to 1, and to less where they are gated; masked edges have 0.
        Virtual nodes come before the others. A layer that is applied several times, as ALBERT's,
        is there as "block", "block_2", "block_3" and so on.

    Raises:
        ValueError: if the model has no attention layer.

    Example:
        >>> import keras_gt, numpy as np
        >>> senders, receivers = keras_gt.graph.complete(4)
        >>> graph = keras_gt.graph.Graph(4, senders, receivers, node_features=np.eye(4))
        >>> backbone = keras_gt.models.GraphTransformer({"dense": 4}, 8, num_layers=2, num_heads=2)
        >>> scores = keras_gt.analysis.attention_scores(backbone, graph.inputs())
        >>> {name: value.shape for name, value in scores.items()}
        {'block_0': (1, 16, 2), 'block_1': (1, 16, 2)}
    """
    scores = attention_model(model)(inputs, training=False)
    return {name: ops.convert_to_numpy(value) for name, value in scores.items()}


def attention_model(model):
    """A Keras model that gives the scores of `attention_scores`, for use on many inputs."""
    backbone = getattr(model, "backbone", model)
    found, times = {}, {}

    def call(layer, *args, **kwargs):
        if attending(layer) is None:
            return layer(*args, **kwargs)
        times[layer.name] = times.get(layer.name, 0) + 1
        again = f"_{times[layer.name]}" if times[layer.name] > 1 else ""  # a shared layer
        *results, scores = layer(*args, **kwargs, return_attention_scores=True)
        found[f"{layer.name}{again}"] = scores
        return results[0] if len(results) == 1 else tuple(results)

    symbols = {name: _like(tensor) for name, tensor in backbone.input.items()}
    clone = keras.models.clone_model(backbone, input_tensors=symbols, call_function=call)
    clone.set_weights(backbone.get_weights())
    if not found:
        raise ValueError(
            "model must have a layer that attends. Use GAT or GraphTransformer. Received: "
            f"model={type(backbone).__name__}"
        )
    return InputsByName(inputs=symbols, outputs=found)
