import keras

from keras_gt.layers import FeedForward, GraphIsomorphism
from keras_gt.models.backbone import Backbone, resolve_policy
from keras_gt.models.convolution_stack import combine_layers, convolution_stack
from keras_gt.models.graph_inputs import GraphInputs


@keras.saving.register_keras_serializable(package="keras_gt")
class GIN(Backbone):
    """Graph isomorphism network: sums of neighbours, each followed by an MLP with batch norm.

    With edge features the layers are GINE's.

    Args:
        node_features: {"dense": F}, {"categories": [sizes]} or {"words": vocabulary}.
        hidden_dim: int, width of the layers and of their MLPs.
        num_layers: int.
        train_epsilon: bool, whether each layer's epsilon is trained (GIN-epsilon).
        dropout: float, after each layer.
        jumping_knowledge: "last", "sum" of all layers' results, or "concat", them side by side.
        edge_features: {"dense": C}, {"categories": [sizes]} or None.
        dtype: dtype policy.
        **kwargs: `name`, `trainable`.

    Returns:
        (B, N, hidden_dim), or (B, N, num_layers hidden_dim) with jumping_knowledge="concat".

    Example:
        >>> from keras_gt.models import GIN
        >>> GIN({"dense": 5}, hidden_dim=16, num_layers=3, jumping_knowledge="concat").output_width
        48

    Reference:
        Xu et al., 2019, https://arxiv.org/abs/1810.00826, equation 4.1; 4.2 for the layers
        side by side, where the paper has the input, too.
    """

    def __init__(
        self,
        node_features,
        hidden_dim,
        num_layers=5,
        train_epsilon=False,
        dropout=0.0,
        jumping_knowledge="last",
        edge_features=None,
        dtype=None,
        **kwargs,
    ):
        # === Layers ===
        dtype = resolve_policy(dtype)
        convolutions = [
            GraphIsomorphism(
                FeedForward(
                    hidden_dim,
                    output_dim=hidden_dim,
                    normalization="batch",
                    dtype=dtype,
                    name=f"feed_forward_{index}",
                ),
                train_epsilon=train_epsilon,
                dtype=dtype,
                name=f"isomorphism_{index}",
            )
            for index in range(num_layers)
        ]

        # === Functional model ===
        inputs = GraphInputs(dtype)
        nodes = inputs.encode_nodes(node_features, hidden_dim)
        pairs = inputs.encode_edges(edge_features, hidden_dim, by_kind=True)
        results = convolution_stack(
            nodes,
            convolutions,
            lambda layer, x: layer(x, inputs.edges, pairs, node_mask=inputs.node_mask),
            inputs.node_mask,
            activation="relu",
            dropout=dropout,
            normalization="batch",
            residual=False,
            activate_last=True,
            dtype=dtype,
        )
        outputs = combine_layers(results, jumping_knowledge, dtype)
        super().__init__(inputs.tensors, outputs, dtype=dtype, **kwargs)

        # === Config ===
        self.node_features = node_features
        self.hidden_dim = hidden_dim
        self.num_layers = num_layers
        self.train_epsilon = train_epsilon
        self.dropout = dropout
        self.jumping_knowledge = jumping_knowledge
        self.edge_features = edge_features

    def get_config(self):
        return {
            **super().get_config(),
            "node_features": self.node_features,
            "hidden_dim": self.hidden_dim,
            "num_layers": self.num_layers,
            "train_epsilon": self.train_epsilon,
            "dropout": self.dropout,
            "jumping_knowledge": self.jumping_knowledge,
            "edge_features": self.edge_features,
        }
