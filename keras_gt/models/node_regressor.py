import keras

from keras_gt.losses import MaskedMeanSquaredError
from keras_gt.metrics import MeanAbsoluteError, RootMeanSquaredError
from keras_gt.models.node_task import node_outputs
from keras_gt.models.task import Task


@keras.saving.register_keras_serializable(package="keras_gt")
class NodeRegressor(Task):
    """Predicts numbers for the nodes of graphs, in the labels' own unit.

    Compiled by default with Adam, the mean squared error and, as metrics, the mean absolute and
    root mean squared error; NaN labels are missing ones.

    Args:
        backbone: `Backbone`.
        num_outputs: int T.
        head: "linear", "mlp", or None for a backbone whose last layer gives the outputs.
        dropout: float, before the head.
        target_mean: list of float, the training labels' mean, which the head adds.
        target_std: list of float, their standard deviation, by which the head scales.
        preprocessor: `GraphPreprocessor` or None.
        dtype: dtype policy of the head; None for the backbone's.
        **kwargs: `name`, `trainable`.

    Call arguments:
        inputs: dictionary of arrays, see `keras_gt.graph`; labels are (B, N) or (B, N, T) float.

    Returns:
        (B, N, T).

    Raises:
        ValueError: if backbone is no `Backbone`, or without a head is not num_outputs wide.

    Example:
        >>> from keras_gt.models import GraphSAGE, NodeRegressor
        >>> NodeRegressor(GraphSAGE({"dense": 5}, 16), 1).output_shape
        (None, None, 1)
    """

    def __init__(
        self,
        backbone,
        num_outputs=1,
        head="linear",
        dropout=0.0,
        target_mean=(0.0,),
        target_std=(1.0,),
        preprocessor=None,
        dtype=None,
        **kwargs,
    ):
        inputs, outputs = node_outputs(
            backbone, num_outputs, head, dropout, dtype, target_std, target_mean
        )
        super().__init__(inputs, outputs, backbone, preprocessor, **kwargs)
        self.num_outputs = num_outputs
        self.head = head
        self.dropout = dropout
        self.target_mean = [float(value) for value in target_mean]
        self.target_std = [float(value) for value in target_std]
        self.compile(**regressor_defaults())

    def get_config(self):
        return {
            **super().get_config(),
            "num_outputs": self.num_outputs,
            "head": self.head,
            "dropout": self.dropout,
            "target_mean": self.target_mean,
            "target_std": self.target_std,
        }


def regressor_defaults():
    """The arguments of `compile` that are right under masks."""
    return {
        "optimizer": keras.optimizers.Adam(1e-3),
        "loss": MaskedMeanSquaredError(),
        "weighted_metrics": [MeanAbsoluteError(), RootMeanSquaredError()],
    }
