"""What the two tasks with a label a node share."""

from keras_gt.layers import PredictionHead
from keras_gt.models.backbone import split_result
from keras_gt.models.graph_inputs import optional_input
from keras_gt.models.task import check_backbone, head_policy


def node_outputs(backbone, units, head, dropout, dtype, scale=(1.0,), offset=(0.0,)):
    """(inputs, predictions (B, N, units)) of a head on each node."""
    check_backbone(backbone)
    inputs = dict(backbone.input)
    if "node_mask" not in inputs:
        inputs["node_mask"] = optional_input("node_mask", "bool")
    layer = PredictionHead(
        units,
        kind=head or "none",
        dropout=dropout,
        scale=scale,
        offset=offset,
        dtype=head_policy(backbone, dtype),
        name="head",
    )
    nodes, _ = split_result(backbone(inputs))
    return inputs, layer(nodes, mask=inputs["node_mask"])
