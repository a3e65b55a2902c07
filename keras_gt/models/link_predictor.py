import keras
from keras import ops

from keras_gt.layers import PairScore
from keras_gt.losses import MaskedBinaryCrossentropy
from keras_gt.metrics import RocAuc
from keras_gt.models.backbone import split_result
from keras_gt.models.graph_inputs import optional_input
from keras_gt.models.task import Task, check_backbone, head_policy


@keras.saving.register_keras_serializable(package="keras_gt")
class LinkPredictor(Task):
    """Scores pairs of nodes as links: proposes friendships that are not in the graph.

    The logit of the pair (i, j) is the scaled dot product of their projected features, see
    `keras_gt.layers.PairScore`, so it is symmetric. Compiled by default with Adam, binary
    crossentropy and the exact ROC-AUC.

    Args:
        backbone: `Backbone`.
        units: int, the width of the projection.
        preprocessor: `GraphPreprocessor` or None.
        dtype: dtype policy of the head; None for the backbone's.
        **kwargs: `name`, `trainable`.

    Call arguments:
        inputs: dictionary of arrays, see `keras_gt.graph`, with `pairs` (B, P, 2) int32, the
            nodes of each pair, and optional `pair_mask` (B, P) bool; labels are (B, P) of 0 and 1.

    Returns:
        (B, P, 1) logits.

    Raises:
        ValueError: if backbone is no `Backbone`.

    Example:
        >>> from keras_gt.models import GCN, LinkPredictor
        >>> LinkPredictor(GCN({"dense": 5}, 16)).output_shape
        (None, None, 1)

    Reference:
        Kipf and Welling, Variational Graph Auto-Encoders, 2016, https://arxiv.org/abs/1611.07308
        (the inner-product decoder).
    """

    label_level = "pair"

    def __init__(self, backbone, units=16, preprocessor=None, dtype=None, **kwargs):
        check_backbone(backbone)
        inputs = dict(backbone.input)
        inputs["pairs"] = keras.Input((None, 2), dtype="int32", name="pairs")
        inputs["pair_mask"] = optional_input("pair_mask", "bool")
        score = PairScore(units, dtype=head_policy(backbone, dtype), name="head")
        nodes, _ = split_result(backbone({name: inputs[name] for name in backbone.input}))
        outputs = score(inputs["pairs"], nodes, mask=inputs["pair_mask"])
        super().__init__(inputs, outputs, backbone, preprocessor, **kwargs)
        self.units = units
        self.compile(
            optimizer=keras.optimizers.Adam(1e-3),
            loss=MaskedBinaryCrossentropy(from_logits=True),
            weighted_metrics=[RocAuc()],
        )

    def _is_raw(self, x):
        if super()._is_raw(x):
            raise ValueError(
                "x must be a dictionary of arrays with pairs. Give {**graph.inputs(), 'pairs': "
                "pairs[None]}, or call predict_links(graph, pairs). Received: "
                f"x={type(x).__name__}"
            )
        return False

    def predict_links(self, graph, pairs):
        """Probabilities that pairs of nodes of one graph are linked.

        Args:
            graph: `keras_gt.graph.Graph`.
            pairs: (P, 2) integers, nodes of the graph.

        Returns:
            (P,) float32 NumPy array.

        Raises:
            ValueError: for pairs of another shape, or that are no nodes of the graph.
        """
        (graph,) = self.preprocess(graph)
        pairs = _checked_pairs(ops.convert_to_numpy(pairs), graph.num_nodes)
        inputs = {**graph.inputs(), "pairs": pairs[None].astype("int32")}
        logits = self.predict_on_batch(inputs)[0, :, 0]
        return ops.convert_to_numpy(ops.sigmoid(logits))

    def get_config(self):
        return {**super().get_config(), "units": self.units}


def _checked_pairs(pairs, num_nodes):
    """The pairs, if they are (P, 2) nodes of a graph of this size."""
    if pairs.ndim != 2 or pairs.shape[1] != 2 or pairs.dtype.kind not in "iu":
        raise ValueError(
            "pairs must be (P, 2) integers, two nodes of each pair. Received: pairs with shape "
            f"{pairs.shape} of type {pairs.dtype}"
        )
    if pairs.size and not 0 <= pairs.min() <= pairs.max() < num_nodes:
        raise ValueError(
            f"pairs must name nodes from 0 to {num_nodes - 1}, those of the graph. Received: "
            f"{pairs.min()} to {pairs.max()}"
        )
    return pairs
