import keras

from keras_gt.models.graph_task import graph_outputs
from keras_gt.models.node_classifier import classifier_defaults
from keras_gt.models.task import Task


@keras.saving.register_keras_serializable(package="keras_gt")
class GraphClassifier(Task):
    """Classifies graphs.

    The outputs are logits. Packed rows (`graph_ids` and `graph_mask` among the inputs) give one
    for each graph slot, masked by `graph_mask`; rows that are one graph each give one a row.
    Compiled by default as `NodeClassifier`.

    Args:
        backbone: `Backbone`.
        num_classes: int, classes, or 0/1 labels with `multi_label`.
        multi_label: bool, whether each of the outputs is a yes or no of its own, NaN if missing.
        readout: "mean", "sum", "max", "attention" or, for a backbone with graph tokens, "token";
            or a list of these, side by side.
        head: "linear" or "mlp".
        dropout: float, before the head.
        normalization: None or "batch", a norm between readout and head; sums need it.
        preprocessor: `GraphPreprocessor` or None.
        dtype: dtype policy of the head; None for the backbone's.
        **kwargs: `name`, `trainable`.

    Call arguments:
        inputs: dictionary of arrays, see `keras_gt.graph`; labels are (B, G) int for packed rows,
            (B,) otherwise, with a last axis T with `multi_label`.

    Returns:
        (B, G, num_classes) logits, or (B, num_classes).

    Raises:
        ValueError: if backbone is no `Backbone` or for an unknown or repeated readout, or
            "token" for a backbone without graph tokens.

    Example:
        >>> from keras_gt.models import GIN, GraphClassifier
        >>> GraphClassifier(GIN({"dense": 5}, 16, 2), 3).output_shape
        (None, None, 3)
    """

    label_level = "graph"

    def __init__(
        self,
        backbone,
        num_classes,
        multi_label=False,
        readout="mean",
        head="linear",
        dropout=0.0,
        normalization=None,
        preprocessor=None,
        dtype=None,
        **kwargs,
    ):
        inputs, outputs = graph_outputs(
            backbone, num_classes, readout, head, dropout, normalization, dtype
        )
        super().__init__(inputs, outputs, backbone, preprocessor, **kwargs)
        self.num_classes = num_classes
        self.multi_label = multi_label
        self.readout = readout if isinstance(readout, str) else list(readout)
        self.head = head
        self.dropout = dropout
        self.normalization = normalization
        self.compile(**classifier_defaults(num_classes, multi_label))

    def get_config(self):
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "multi_label": self.multi_label,
            "readout": self.readout,
            "head": self.head,
            "dropout": self.dropout,
            "normalization": self.normalization,
        }
