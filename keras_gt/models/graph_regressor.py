import keras

from keras_gt.models.graph_task import graph_outputs
from keras_gt.models.node_regressor import regressor_defaults
from keras_gt.models.task import Task


@keras.saving.register_keras_serializable(package="keras_gt")
class GraphRegressor(Task):
    """Predicts numbers for graphs, in the labels' own unit.

    Packed rows (`graph_ids` and `graph_mask` among the inputs) give one prediction for each graph
    slot, masked by `graph_mask`; rows that are one graph each give one a row. Compiled by default
    as `NodeRegressor`.

    Args:
        backbone: `Backbone`.
        num_outputs: int T.
        readout: "mean", "sum", "max", "attention" or, for a backbone with graph tokens, "token";
            or a list of these, side by side.
        head: "linear" or "mlp".
        dropout: float, before the head.
        normalization: None or "batch", a norm between readout and head; sums need it.
        target_mean: list of float, the training labels' mean, which the head adds.
        target_std: list of float, their standard deviation, by which the head scales.
        preprocessor: `GraphPreprocessor` or None.
        dtype: dtype policy of the head; None for the backbone's.
        **kwargs: `name`, `trainable`.

    Call arguments:
        inputs: dictionary of arrays, see `keras_gt.graph`; labels are (B, G) or (B, G, T) for
            packed rows, (B,) or (B, T) otherwise.

    Returns:
        (B, G, T), or (B, T).

    Raises:
        ValueError: if backbone is no `Backbone` or for an unknown or repeated readout, or
            "token" for a backbone without graph tokens.

    Example:
        >>> from keras_gt.models import GIN, GraphRegressor
        >>> GraphRegressor(GIN({"dense": 5}, 16, 2), target_mean=[3.0]).output_shape
        (None, None, 1)
    """

    label_level = "graph"

    def __init__(
        self,
        backbone,
        num_outputs=1,
        readout="mean",
        head="linear",
        dropout=0.0,
        normalization=None,
        target_mean=(0.0,),
        target_std=(1.0,),
        preprocessor=None,
        dtype=None,
        **kwargs,
    ):
        inputs, outputs = graph_outputs(
            backbone,
            num_outputs,
            readout,
            head,
            dropout,
            normalization,
            dtype,
            target_std,
            target_mean,
        )
        super().__init__(inputs, outputs, backbone, preprocessor, **kwargs)
        self.num_outputs = num_outputs
        self.readout = readout if isinstance(readout, str) else list(readout)
        self.head = head
        self.dropout = dropout
        self.normalization = normalization
        self.target_mean = [float(value) for value in target_mean]
        self.target_std = [float(value) for value in target_std]
        self.compile(**regressor_defaults())

    def get_config(self):
        return {
            **super().get_config(),
            "num_outputs": self.num_outputs,
            "readout": self.readout,
            "head": self.head,
            "dropout": self.dropout,
            "normalization": self.normalization,
            "target_mean": self.target_mean,
            "target_std": self.target_std,
        }
