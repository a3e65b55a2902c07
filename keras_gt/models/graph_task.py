"""What the two tasks with a label a graph share."""

import keras

from keras_gt.layers import AttentionReadout, GraphReadout, PredictionHead, TokenReadout
from keras_gt.layers.graph_layer import check_choice
from keras_gt.models.backbone import split_result
from keras_gt.models.graph_inputs import optional_input
from keras_gt.models.task import check_backbone, head_policy


def graph_outputs(
    backbone,
    units,
    readout,
    head,
    dropout,
    normalization,
    dtype,
    scale=(1.0,),
    offset=(0.0,),
):
    """(inputs, predictions) of a readout and a head: (B, G, units), or (B, units) unpacked."""
    check_backbone(backbone)
    policy = head_policy(backbone, dtype)
    inputs = dict(backbone.input)
    for name, kind in (("node_mask", "bool"), ("graph_ids", "int32"), ("graph_mask", "bool")):
        if name not in inputs:
            inputs[name] = optional_input(name, kind)
    nodes, tokens = split_result(backbone({name: inputs[name] for name in backbone.input}))
    pooled = []
    for kind in readout_names(readout):
        name = "readout" if isinstance(readout, str) else f"readout_{kind}"
        if kind == "token":
            _check_tokens(backbone)
            pooled.append(TokenReadout(dtype=policy, name=name)(tokens, inputs["graph_mask"]))
            continue
        pooled.append(
            _readout_layer(kind, policy, name)(
                nodes,
                node_mask=inputs["node_mask"],
                graph_ids=inputs["graph_ids"],
                graph_mask=inputs["graph_mask"],
            )
        )
    if len(pooled) > 1:
        pooled = [keras.layers.Concatenate(dtype=policy, name="readouts")(pooled)]
    layer = PredictionHead(
        units,
        kind=head,
        dropout=dropout,
        scale=scale,
        offset=offset,
        normalization=normalization,
        dtype=policy,
        name="head",
    )
    return inputs, layer(pooled[0], mask=inputs["graph_mask"])


def readout_names(readout):
    """The readout as a list of names, checked."""
    names = [readout] if isinstance(readout, str) else list(readout)
    for name in names:
        check_choice("readout", name, ("sum", "mean", "max", "attention", "token"))
    if not names or len(set(names)) != len(names):
        raise ValueError(
            f"readout must be a name or a list of different names. Received: readout={readout!r}"
        )
    return names


def _check_tokens(backbone):
    """Raises where the backbone has no graph tokens."""
    if not backbone.has_graph_tokens:
        raise ValueError(
            "readout must not be 'token' for a backbone without graph tokens. Use another readout, "
            "or a backbone that has them, such as Graphormer. Received: "
            f"backbone={type(backbone).__name__}"
        )


def _readout_layer(kind, policy, name):
    if kind == "attention":
        return AttentionReadout(dtype=policy, name=name)
    return GraphReadout(kind, dtype=policy, name=name)
