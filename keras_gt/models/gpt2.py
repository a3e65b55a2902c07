import keras

from keras_gt.models.backbone import Backbone, heads_of_layers, resolve_policy
from keras_gt.models.text_inputs import TextInputs, transformer_block
from keras_gt.models.wiring import dropped


@keras.saving.register_keras_serializable(package="keras_gt")
class GPT2(Backbone):
    """GPT-2 as a graph network: each word reads itself and those before it.

    The embeddings of `TokenEmbedding`, pre-norm Transformer blocks over the edges, a final layer
    norm. Where no edges are given the graph is causal, which is GPT-2; edges that are given take
    its place, and are causal only if they are chosen so. `CausalLM` puts the output layer on top.

    The paper begins with smaller weights in residual layers, by 1 / sqrt(N) for N of them; here
    they begin like all others.

    Args:
        vocabulary_size: int, the number of tokens.
        hidden_dim: int, the width, a multiple of num_heads.
        num_layers: int.
        num_heads: int, or list of one int a layer.
        intermediate_dim: int, the width of the feed-forward; None for 4 hidden_dim.
        num_positions: int, the most words of a text.
        activation: "gelu_tanh" (the paper's code), "gelu" or "relu".
        epsilon: float, of the layer norms.
        dropout: float, on the embeddings and on the result of each part of a block.
        attention_dropout: float, on the attention weights.
        head_dim: int, the size of a head; None for hidden_dim / num_heads. Needed where num_heads
            is a list.
        dtype: dtype policy.
        **kwargs: `name`, `trainable`.

    Call arguments:
        inputs: dictionary with `node_features` (B, N) int32, the tokens. Optional: `node_mask`,
            `position_ids` (B, N) int32, and as edges either `senders`, `receivers` (B, E) with
            `edge_mask` and plan, or `adjacency` (B, N, N) bool.

    Returns:
        (B, N, hidden_dim).

    Raises:
        ValueError: if hidden_dim is not a multiple of num_heads, or heads are not one number a
            layer.

    Example:
        >>> import numpy as np
        >>> from keras_gt.models import GPT2
        >>> backbone = GPT2(11, hidden_dim=8, num_layers=2, num_heads=2, num_positions=5)
        >>> tuple(backbone({"node_features": np.array([[2, 7, 1]])}).shape)
        (1, 3, 8)

    Reference:
        Radford et al., Language Models are Unsupervised Multitask Learners, 2019,
        https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf,
        section 2.3 and table 2.
    """

    one_graph_a_row = counts_places = True

    def __init__(
        self,
        vocabulary_size,
        hidden_dim=768,
        num_layers=12,
        num_heads=12,
        intermediate_dim=None,
        num_positions=1024,
        activation="gelu_tanh",
        epsilon=1e-5,
        dropout=0.1,
        attention_dropout=0.1,
        head_dim=None,
        dtype=None,
        **kwargs,
    ):
        heads, head_size = heads_of_layers(hidden_dim, num_layers, num_heads, head_dim)
        # === Layers ===
        dtype = resolve_policy(dtype)
        blocks = [
            transformer_block(
                f"block_{index}",
                hidden_dim,
                count,
                head_size,
                intermediate_dim or 4 * hidden_dim,
                dtype,
                activation=activation,
                epsilon=epsilon,
                residual="pre",
                dropout=dropout,
                attention_dropout=attention_dropout,
            )
            for index, count in enumerate(heads)
        ]
        norm = keras.layers.LayerNormalization(epsilon=epsilon, dtype=dtype, name="final_norm")

        # === Functional model ===
        inputs = TextInputs(dtype)
        nodes = inputs.embed(
            vocabulary_size,
            hidden_dim,
            num_positions,
            initializer=keras.initializers.RandomNormal(stddev=0.02),
        )
        nodes = dropped(nodes, dropout, dtype, "embedding_dropout")
        edges = inputs.causal_edges(nodes)
        for block in blocks:
            nodes = block(nodes, edges, node_mask=inputs.node_mask)
        super().__init__(inputs.tensors, norm(nodes), dtype=dtype, **kwargs)

        # === Config ===
        self.vocabulary_size = vocabulary_size
        self.hidden_dim = hidden_dim
        self.num_layers = num_layers
        self.num_heads = num_heads
        self.intermediate_dim = intermediate_dim
        self.num_positions = num_positions
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
        return self.num_positions

    @property
    def token_table(self):
        """The `CategoricalEmbedding` of the tokens, for an output layer that is tied to it."""
        return self.get_layer("embedding").token

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "hidden_dim": self.hidden_dim,
            "num_layers": self.num_layers,
            "num_heads": self.num_heads,
            "intermediate_dim": self.intermediate_dim,
            "num_positions": self.num_positions,
            "activation": self.activation,
            "epsilon": self.epsilon,
            "dropout": self.dropout,
            "attention_dropout": self.attention_dropout,
            "head_dim": self.head_dim,
        }
