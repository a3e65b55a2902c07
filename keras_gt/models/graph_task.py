"""What the two tasks with a label a graph share."""

from keras_gt.layers import AttentionReadout, GraphReadout, PredictionHead
from keras_gt.layers.graph_layer import check_choice
from keras_gt.models.graph_inputs import optional_input
from keras_gt.models.task import check_backbone, head_policy


def graph_outputs(backbone, units, readout, head, dropout, dtype, scale=(1.0,), offset=(0.0,)):
    """(inputs, predictions) of a readout and a head: (B, G, units), or (B, units) unpacked."""
    check_backbone(backbone)
    check_choice("readout", readout, ("sum", "mean", "max", "attention"))
    policy = head_policy(backbone, dtype)
    inputs = dict(backbone.input)
    for name, kind in (("node_mask", "bool"), ("graph_ids", "int32"), ("graph_mask", "bool")):
        if name not in inputs:
            inputs[name] = optional_input(name, kind)
    options = {"dtype": policy, "name": "readout"}
    if readout == "attention":
        pool = AttentionReadout(**options)
    else:
        pool = GraphReadout(readout, **options)
    pooled = pool(
        backbone({name: inputs[name] for name in backbone.input}),
        node_mask=inputs["node_mask"],
        graph_ids=inputs["graph_ids"],
        graph_mask=inputs["graph_mask"],
    )
    layer = PredictionHead(
        units, kind=head, dropout=dropout, scale=scale, offset=offset, dtype=policy, name="head"
    )
    return inputs, layer(pooled, mask=inputs["graph_mask"])
