from keras_gt.analysis.attention_scores import attending
from keras_gt.layers import MultiHeadAggregation


def prunable_layers(model):
    """The attention layers whose heads can be told apart after they are joined.

    A head's result reaches the rest of the model through its own rows of the output projection
    alone, so scaling these rows scales the head.

    Args:
        model: a backbone or a task.

    Returns:
        Dictionary from the name of the layer (or of the block around it, as in
        `attention_scores`) to its `MultiHeadAggregation`.

    Raises:
        ValueError: if the model has no attention of `MultiHeadAggregation` with a projection.
    """
    backbone = getattr(model, "backbone", model)
    found = {layer.name: attending(layer) for layer in backbone.layers}
    found = {
        name: layer
        for name, layer in found.items()
        if isinstance(layer, MultiHeadAggregation) and layer.projection is not None
    }
    if not found:
        raise ValueError(
            "model must have attention layers of the kind MultiHeadAggregation, with an output "
            "projection. Use GraphTransformer without edge features, or GraphGPS. Received: "
            f"model={type(backbone).__name__}"
        )
    return found


def check_heads_exist(layers, heads):
    """Raises unless each named layer has the heads and keeps one."""
    for name, removed in heads.items():
        count = layers[name].num_heads if name in layers else 0
        if not set(removed) <= set(range(count)):
            raise ValueError(
                f"heads must name heads of {sorted(layers)}. Number them from 0. Received: "
                f"heads {list(removed)} of {name!r}, which has {count}"
            )
        if len(set(removed)) == count and count:
            raise ValueError(
                "heads must leave one head in every layer. Keep the most important one. Received: "
                f"all {count} heads of {name!r}"
            )
