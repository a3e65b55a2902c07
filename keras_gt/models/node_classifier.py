import keras

from keras_gt.losses import MaskedBinaryCrossentropy
from keras_gt.metrics import Accuracy, RocAuc
from keras_gt.models.node_task import node_outputs
from keras_gt.models.task import Task


@keras.saving.register_keras_serializable(package="keras_gt")
class NodeClassifier(Task):
    """Classifies the nodes of graphs.

    The outputs are logits, masked by `node_mask`. Compiled by default with Adam and, for one
    label a node, crossentropy and accuracy; for several 0/1 labels, binary crossentropy and the
    exact ROC-AUC, in which NaN labels are missing ones. Both reduce by the weights alone, so
    neither padding nor nodes of weight 0 change them.

    Args:
        backbone: `Backbone`.
        num_classes: int, classes, or 0/1 labels with `multi_label`.
        multi_label: bool, whether each of the outputs is a yes or no of its own.
        head: "linear", "mlp", or None for a backbone whose last layer gives the logits.
        dropout: float, before the head.
        preprocessor: `GraphPreprocessor` or None.
        dtype: dtype policy of the head; None for the backbone's.
        **kwargs: `name`, `trainable`.

    Call arguments:
        inputs: dictionary of arrays, see `keras_gt.graph`; labels are (B, N) int, or (B, N, T)
            with `multi_label`.

    Returns:
        (B, N, num_classes) logits.

    Raises:
        ValueError: if backbone is no `Backbone`, or without a head is not num_classes wide.

    Example:
        >>> from keras_gt.models import GCN, NodeClassifier
        >>> classifier = NodeClassifier(GCN({"dense": 5}, 16, output_dim=3), 3, head=None)
        >>> classifier.output_shape
        (None, None, 3)
    """

    def __init__(
        self,
        backbone,
        num_classes,
        multi_label=False,
        head="linear",
        dropout=0.0,
        preprocessor=None,
        dtype=None,
        **kwargs,
    ):
        inputs, outputs = node_outputs(backbone, num_classes, head, dropout, dtype)
        super().__init__(inputs, outputs, backbone, preprocessor, **kwargs)
        self.num_classes = num_classes
        self.multi_label = multi_label
        self.head = head
        self.dropout = dropout
        self.compile(**classifier_defaults(num_classes, multi_label))

    def get_config(self):
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "multi_label": self.multi_label,
            "head": self.head,
            "dropout": self.dropout,
        }


def classifier_defaults(num_classes, multi_label):
    """The arguments of `compile` that are right under masks."""
    if multi_label:
        return {
            "optimizer": keras.optimizers.Adam(1e-3),
            "loss": MaskedBinaryCrossentropy(from_logits=True),
            "weighted_metrics": [RocAuc(num_tasks=num_classes)],
        }
    return {
        "optimizer": keras.optimizers.Adam(1e-3),
        "loss": keras.losses.SparseCategoricalCrossentropy(
            from_logits=True, reduction="mean_with_sample_weight"
        ),
        "weighted_metrics": [Accuracy(name="accuracy")],
    }
