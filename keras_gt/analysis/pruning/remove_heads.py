import numpy as np
from keras import ops
from keras.saving import deserialize_keras_object, serialize_keras_object

from keras_gt.analysis.pruning.prunable_layers import check_heads_exist, prunable_layers


def remove_heads(model, heads):
    """A smaller model without some heads, with the weights of the others.

    The heads' parts of query, key, value and output projection are cut out, so the model computes
    less and its preset is smaller; its predictions are those of `gate_heads`.

    Args:
        model: a backbone or a task on one, whose config has `num_heads` and `head_dim`.
        heads: dictionary from layer name to the heads to remove, numbered from 0, such as
            `choose_heads` returns.

    Returns:
        A new model of the same class; the given one is left as it is.

    Raises:
        ValueError: if heads do not exist, a layer would have none left, or the model's config
            cannot give its layers different numbers of heads.

    Example:
        >>> import keras_gt
        >>> backbone = keras_gt.models.GraphTransformer({"dense": 4}, 8, num_layers=2, num_heads=4)
        >>> smaller = keras_gt.analysis.pruning.remove_heads(backbone, {"block_1": [0, 3]})
        >>> smaller.num_heads, smaller.head_dim
        ([4, 2], 2)
    """
    layers = prunable_layers(model)
    check_heads_exist(layers, heads)
    kept = {
        name: [head for head in range(layer.num_heads) if head not in set(heads.get(name, ()))]
        for name, layer in layers.items()
    }
    smaller = _rebuilt(model, layers, kept)
    cuts = {}
    for name, layer in layers.items():
        columns = np.add.outer(np.array(kept[name]) * layer.head_dim, np.arange(layer.head_dim))
        cuts |= _cuts(layer, columns.reshape(-1))
    for old, new in zip(model.weights, smaller.weights, strict=True):
        value = ops.convert_to_numpy(old)
        if id(old) in cuts:
            axis, columns = cuts[id(old)]
            value = np.take(value, columns, axis=axis)
        new.assign(value)
    return smaller


def gate_heads(model, heads):
    """A model of the same size in which some heads give 0: what `remove_heads` predicts.

    Args:
        model: a backbone or a task on one.
        heads: dictionary from layer name to the heads to gate, numbered from 0.

    Returns:
        A new model of the same class; the given one is left as it is.

    Raises:
        ValueError: if heads do not exist, or a layer would have none left.

    Example:
        >>> import keras_gt
        >>> backbone = keras_gt.models.GraphTransformer({"dense": 4}, 8, num_layers=1, num_heads=4)
        >>> gated = keras_gt.analysis.pruning.gate_heads(backbone, {"block_0": [2]})
        >>> gated.num_heads
        4
    """
    check_heads_exist(prunable_layers(model), heads)
    gated = type(model).from_config(model.get_config())
    gated.set_weights(model.get_weights())
    layers = prunable_layers(gated)
    for name, removed in heads.items():
        layer = layers[name]
        rows = np.repeat(~np.isin(np.arange(layer.num_heads), list(removed)), layer.head_dim)
        kernel = layer.projection.kernel
        kernel.assign(ops.convert_to_numpy(kernel) * rows[:, None])
    return gated


def _rebuilt(model, layers, kept):
    """The model with fewer heads in its config, and weights of its own."""
    backbone = getattr(model, "backbone", model)
    config = backbone.get_config()
    sizes = {layer.head_dim for layer in layers.values()}
    if not {"num_heads", "head_dim"} <= set(config) or len(sizes) != 1:
        raise ValueError(
            "model must have `num_heads` and `head_dim` in its config to say how many heads each "
            "layer has. Use gate_heads, which keeps the size. Received: "
            f"model={type(backbone).__name__}"
        )
    counts = [len(heads) for heads in kept.values()]
    counts = counts[0] if len(set(counts)) == 1 else counts  # also of one layer that is shared
    changes = {"num_heads": counts, "head_dim": sizes.pop()}
    if model is backbone:
        return type(model).from_config({**config, **changes})
    serialized = serialize_keras_object(backbone)
    serialized["config"] |= changes
    smaller = deserialize_keras_object(serialized)
    return type(model).from_config({**model.get_config(), "backbone": smaller})


def _cuts(layer, columns):
    """What stays of each weight of one layer: {id of the weight: (axis, columns)}."""
    cuts = {id(layer.projection.kernel): (0, columns)}
    for dense in (layer.query, layer.key, layer.value, layer.edge):
        if dense is not None:
            cuts |= {id(weight): (-1, columns) for weight in dense.weights}
    return cuts
