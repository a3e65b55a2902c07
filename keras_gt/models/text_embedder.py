import keras
import numpy as np

from keras_gt.layers import GraphReadout, TokenReadout
from keras_gt.layers.graph_layer import check_choice
from keras_gt.losses import MaskedMeanSquaredError
from keras_gt.models.graph_inputs import optional_input
from keras_gt.models.task import Task, check_backbone, head_policy
from keras_gt.models.text_batches import length_batches


@keras.saving.register_keras_serializable(package="keras_gt")
class TextEmbedder(Task):
    """Embeds sentences: one vector for each, near where meanings are near.

        e = p / |p|,  p = mean_i h_i over the words i

    h_i is what the backbone makes of word i. The pooling may be another, and the last step may be
    left out. Compiled by default with Adam and the mean squared distance from target embeddings,
    as in distillation.

    Args:
        backbone: `Backbone` that reads tokens, such as `BERT`.
        pooling: "mean", "max" or, for the first word's vector, "cls".
        normalize: bool, whether embeddings have the length 1.
        preprocessor: `TextPreprocessor` or None.
        dtype: dtype policy of the pooling; None for the backbone's.
        **kwargs: `name`, `trainable`.

    Call arguments:
        inputs: dictionary of arrays as the backbone takes them; with `graph_ids` and `graph_mask`
            several texts share a row.

    Returns:
        (B, D) embeddings; (B, G, D) with `graph_mask`.

    Raises:
        ValueError: if backbone is no `Backbone`, or the pooling is unknown.

    Example:
        >>> import numpy as np
        >>> from keras_gt.models import BERT, TextEmbedder
        >>> embedder = TextEmbedder(BERT(11, hidden_dim=8, num_layers=2, num_heads=2))
        >>> tuple(embedder({"node_features": np.array([[2, 7, 1]])}).shape)
        (1, 8)

    Reference:
        Reimers and Gurevych, Sentence-BERT, 2019, https://arxiv.org/abs/1908.10084, section 3.
    """

    label_level = "graph"

    def __init__(
        self, backbone, pooling="mean", normalize=True, preprocessor=None, dtype=None, **kwargs
    ):
        check_backbone(backbone)
        check_choice("pooling", pooling, ("mean", "max", "cls"))
        policy = head_policy(backbone, dtype)
        inputs = dict(backbone.input)
        for name, kind in (("graph_ids", "int32"), ("graph_mask", "bool")):
            if name not in inputs:
                inputs[name] = optional_input(name, kind)
        nodes = backbone({name: inputs[name] for name in backbone.input})
        if pooling == "cls":
            pooled = TokenReadout(dtype=policy, name="pooling")(nodes[:, 0], inputs["graph_mask"])
        else:
            pooled = GraphReadout(pooling, dtype=policy, name="pooling")(
                nodes,
                node_mask=inputs["node_mask"],
                graph_ids=inputs["graph_ids"],
                graph_mask=inputs["graph_mask"],
            )
        if normalize:
            pooled = keras.layers.UnitNormalization(dtype=policy, name="unit_norm")(pooled)
        super().__init__(inputs, pooled, backbone, preprocessor, **kwargs)
        self.pooling = pooling
        self.normalize = normalize
        self.compile(optimizer=keras.optimizers.Adam(2e-5), loss=MaskedMeanSquaredError())

    def predict(self, x, batch_size=None, verbose="auto", **kwargs):
        """The embeddings of texts; model arrays, graphs and loaders work as in any task.

        Texts of like length share a batch. Where every word reads every word, attention is dense;
        with other edges in the preprocessor it runs over edge lists.

        Args:
            x: str, list of str, or what `Task.predict` takes.
            batch_size: int, texts a batch, default 32.
            verbose: as in Keras, for arrays.
            **kwargs: of `keras.Model.predict`, for arrays.

        Returns:
            (S, D) float array, or (D,) for a single str.
        """
        texts = [x] if isinstance(x, str) else x
        dense = self.preprocessor is not None and self.preprocessor.edges == "complete"
        if not dense or not isinstance(texts, list | tuple) or not _all_texts(texts):
            return super().predict(x, batch_size=batch_size, verbose=verbose, **kwargs)
        token_ids = self.preprocessor.token_ids(texts)
        max_nodes = getattr(self.backbone, "max_nodes", self.preprocessor.max_length)
        result = None
        for places, arrays in length_batches(token_ids, batch_size or 32, max_nodes):
            vectors = np.asarray(self.predict_on_batch(arrays))[: len(places)]
            if result is None:
                result = np.zeros((len(texts), *vectors.shape[1:]), vectors.dtype)
            result[places] = vectors
        return result[0] if isinstance(x, str) else result

    def get_config(self):
        return {**super().get_config(), "pooling": self.pooling, "normalize": self.normalize}


def _all_texts(items):
    return bool(items) and all(isinstance(item, str) for item in items)
