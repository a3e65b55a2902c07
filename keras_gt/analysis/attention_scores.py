import keras
import numpy as np

from keras_gt.layers import (
    ConditionalEdgeAttention,
    EdgeAttention,
    FullGraphAttention,
    GatedEdgeAttention,
    GlobalLocalBlock,
    GraphAttention,
    MultiHeadAggregation,
    ScaledEdgeAttention,
    TransformerGraphBlock,
)
from keras_gt.models.inputs_by_name import InputsByName, optional_inputs

_ATTENTION = (
    ConditionalEdgeAttention,
    EdgeAttention,
    FullGraphAttention,
    GatedEdgeAttention,
    GraphAttention,
    ScaledEdgeAttention,
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


def symbols_like(model):
    """New symbolic inputs of a functional model, by name."""
    optional = optional_inputs(model)
    return {
        name: keras.Input(
            batch_shape=tensor.shape,
            dtype=tensor.dtype,
            name=tensor.name,
            optional=tensor.name in optional,
        )
        for name, tensor in model.input.items()
    }


def attention_scores(model, inputs):
    """The attention weights of every layer of a model, for given inputs.

    The model is run once in inference, as it is; nothing about it changes.

    Args:
        model: a backbone, or a task on a backbone.
        inputs: dictionary of arrays, such as `Graph.inputs()` or a batch of a `GraphLoader`.

    Returns:
        Dictionary from the layer's name to a NumPy array, in the model's order: (B, E, H) aligned
        to the edges of `inputs`, or (B, H, N, M) where the layer's attention is dense. The weights
        of a node's incoming edges sum to 1, and to less where they are gated or virtual nodes are
        read beside the edges; masked edges have 0. Virtual nodes among dense pairs come before the
        others. A layer that the model applies several times, as
        ALBERT does, has its later calls under name/2, name/3 and so on.

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
    scorer, names = attention_model(model)
    scores = scorer.predict_on_batch(inputs)
    return {name: np.asarray(scores[name]) for name in names}


def attention_model(model):
    """(a Keras model that gives the scores of `attention_scores`, their names in its order)."""
    backbone = getattr(model, "backbone", model)
    found, calls = {}, {}

    def call(layer, *args, **kwargs):
        if attending(layer) is None:
            return layer(*args, **kwargs)
        calls[layer.name] = calls.get(layer.name, 0) + 1
        again = f"/{calls[layer.name]}" if calls[layer.name] > 1 else ""
        *results, scores = layer(*args, **kwargs, return_attention_scores=True)
        found[f"{layer.name}{again}"] = scores
        return results[0] if len(results) == 1 else tuple(results)

    symbols = symbols_like(backbone)
    clone = keras.models.clone_model(backbone, input_tensors=symbols, call_function=call)
    clone.set_weights(backbone.get_weights())
    if not found:
        raise ValueError(
            "model must have a layer that attends. Use GAT or GraphTransformer. Received: "
            f"model={type(backbone).__name__}"
        )
    return InputsByName(inputs=symbols, outputs=found), list(found)
