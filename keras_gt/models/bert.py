import keras

from keras_gt.models.backbone import Backbone, heads_of_layers, resolve_policy
from keras_gt.models.text_inputs import TextInputs, transformer_block
from keras_gt.models.wiring import dropped


@keras.saving.register_keras_serializable(package="keras_gt")
class BERT(Backbone):
    """The BERT family as a graph network: words are nodes, and who may read whom is data.

    The embeddings of `TokenEmbedding`, a layer norm, then post-norm Transformer blocks over the
    edges. Where no edges are given every word reads every word, which is BERT. Edge lists or an
    adjacency make another graph of the same trained weights: a window, a tree, heads without a
    pair. Three members of the family are settings:

    - BERT and the sentence encoders built on it: the defaults.
    - RoBERTa: `position_offset=2`, no segments (a table of one), `num_positions` two more.
    - ALBERT: `share_layers`, and `embedding_dim`, the width of the embeddings, which a linear
      layer brings to hidden_dim.

    The GELU is exact by default. KerasHub's BERT computes the tanh approximation, which is
    "gelu_tanh" here: on one sentence encoder the two differ by 3e-4 in its embeddings.

    Args:
        vocabulary_size: int, the number of tokens.
        hidden_dim: int, the width, a multiple of num_heads.
        num_layers: int.
        num_heads: int, or list of one int a layer; an int with share_layers.
        intermediate_dim: int, the width of the feed-forward; None for 4 hidden_dim.
        num_positions: int, the rows of the table of places.
        num_segments: int, the segments; 0 for none.
        position_offset: int, the row of the first place.
        embedding_dim: int, the width of the embeddings; None for hidden_dim and no projection.
        share_layers: bool, whether one block is applied num_layers times.
        activation: "gelu" (exact), "gelu_tanh" or "relu".
        epsilon: float, of the layer norms.
        dropout: float, on the embeddings and on the result of each part of a block.
        attention_dropout: float, on the attention weights.
        head_dim: int, the size of a head; None for hidden_dim / num_heads. Needed where num_heads
            is a list.
        dtype: dtype policy.
        **kwargs: `name`, `trainable`.

    Call arguments:
        inputs: dictionary with `node_features` (B, N) int32, the tokens. Optional: `node_mask`;
            `segment_ids` and `position_ids` (B, N) int32; and as edges either `senders`,
            `receivers` (B, E) with `edge_mask` and plan, or `adjacency` (B, N, N) bool.

    Returns:
        (B, N, hidden_dim).

    Raises:
        ValueError: if hidden_dim is not a multiple of num_heads, or heads are not one number a
            layer.

    Example:
        >>> import numpy as np
        >>> from keras_gt.models import BERT
        >>> backbone = BERT(11, hidden_dim=8, num_layers=2, num_heads=2, num_positions=5)
        >>> tuple(backbone({"node_features": np.array([[2, 7, 1]])}).shape)
        (1, 3, 8)

    Reference:
        Devlin et al., 2019, https://arxiv.org/abs/1810.04805, section 3 and figure 2. Liu et al.,
        RoBERTa, 2019, https://arxiv.org/abs/1907.11692. Lan et al., ALBERT, 2020,
        https://arxiv.org/abs/1909.11942, section 3.1 and table 1.
    """

    one_graph_a_row = counts_places = True

    def __init__(
        self,
        vocabulary_size,
        hidden_dim=768,
        num_layers=12,
        num_heads=12,
        intermediate_dim=None,
        num_positions=512,
        num_segments=2,
        position_offset=0,
        embedding_dim=None,
        share_layers=False,
        activation="gelu",
        epsilon=1e-12,
        dropout=0.1,
        attention_dropout=0.1,
        head_dim=None,
        dtype=None,
        **kwargs,
    ):
        heads, head_size = heads_of_layers(hidden_dim, num_layers, num_heads, head_dim)
        if share_layers and not isinstance(num_heads, int):
            raise ValueError(
                "num_heads must be an int where layers share their weights. Received: "
                f"num_heads={num_heads}, share_layers=True"
            )
        # === Layers ===
        dtype = resolve_policy(dtype)
        options = {
            "activation": activation,
            "epsilon": epsilon,
            "residual": "post",
            "dropout": dropout,
            "attention_dropout": attention_dropout,
        }
        sizes = (head_size, intermediate_dim or 4 * hidden_dim, dtype)

        def block(name, count):
            return transformer_block(name, hidden_dim, count, *sizes, **options)

        if share_layers:
            blocks = [block("block", num_heads)] * num_layers
        else:
            blocks = [block(f"block_{index}", count) for index, count in enumerate(heads)]
        norm = keras.layers.LayerNormalization(epsilon=epsilon, dtype=dtype, name="embedding_norm")

        # === Functional model ===
        inputs = TextInputs(dtype, use_segments=num_segments > 0)
        nodes = inputs.embed(
            vocabulary_size,
            embedding_dim or hidden_dim,
            num_positions,
            num_segments=num_segments,
            position_offset=position_offset,
            initializer=keras.initializers.RandomNormal(stddev=0.02),
        )
        nodes = dropped(norm(nodes), dropout, dtype, "embedding_dropout")
        if embedding_dim is not None:
            project = keras.layers.Dense(hidden_dim, dtype=dtype, name="embedding_projection")
            nodes = project(nodes)  # (B, N, hidden_dim)
        for block in blocks:
            nodes = block(nodes, inputs.edges, node_mask=inputs.node_mask)
        super().__init__(inputs.tensors, nodes, dtype=dtype, **kwargs)

        # === Config ===
        self.vocabulary_size = vocabulary_size
        self.hidden_dim = hidden_dim
        self.num_layers = num_layers
        self.num_heads = num_heads
        self.intermediate_dim = intermediate_dim
        self.num_positions = num_positions
        self.num_segments = num_segments
        self.position_offset = position_offset
        self.embedding_dim = embedding_dim
        self.share_layers = share_layers
        self.activation = activation
        self.epsilon = epsilon
        self.dropout = dropout
        self.attention_dropout = attention_dropout
        self.head_dim = head_dim

    @property
    def node_features(self):
        """What nodes carry: one column of tokens."""
        return {"categories": [self.vocabulary_size]}

    @property
    def max_nodes(self):
        """int, the most words that have places of their own."""
        return self.num_positions - self.position_offset

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "hidden_dim": self.hidden_dim,
            "num_layers": self.num_layers,
            "num_heads": self.num_heads,
            "intermediate_dim": self.intermediate_dim,
            "num_positions": self.num_positions,
            "num_segments": self.num_segments,
            "position_offset": self.position_offset,
            "embedding_dim": self.embedding_dim,
            "share_layers": self.share_layers,
            "activation": self.activation,
            "epsilon": self.epsilon,
            "dropout": self.dropout,
            "attention_dropout": self.attention_dropout,
            "head_dim": self.head_dim,
        }
