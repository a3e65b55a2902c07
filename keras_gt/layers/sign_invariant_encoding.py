import keras
from keras import ops

from keras_gt.layers.feed_forward import normalization_layer, normalize
from keras_gt.layers.graph_layer import GraphLayer, check_positive, project


@keras.saving.register_keras_serializable(package="keras_gt")
class SignInvariantEncoding(GraphLayer):
    """Encodes Laplacian eigenvectors so that their signs make no difference (SignNet).

        p_i = rho([phi(v_1)_i + phi(-v_1)_i, ..., phi(v_K)_i + phi(-v_K)_i])

    for the eigenvectors v_1 ... v_K. phi is one GIN for all of them, so that the signs of
    neighbours still matter to each other: with x_i = v_ki at first, a layer is

        x_i' = W_2 norm(ReLU(W_1 (x_i + sum_j x_j) + b_1)) + b_2

    over the edges j -> i, and a norm stands between two layers. rho is an MLP with a norm after
    each ReLU. The norms are batch norms, as in the authors' code, and take the entries of v and
    -v together, so that the signs make no difference in training either, but for rounding; at
    inference the invariance is exact.

    Args:
        hidden_dim: int, the width of phi and rho.
        num_layers: int, the layers of phi and of rho, at least 1 (8 in the paper).
        phi_dim: int, the features that phi gives each eigenvector.
        kernel_initializer: initializer of the kernels.
        kernel_regularizer: regularizer of the kernels.
        **kwargs: of `GraphLayer`.

    Call arguments:
        As `GraphLayer`, with the encodings (B, N, K) as node features; without edge features,
        senders of their own and attention.

    Returns:
        (B, N, K), an encoding of the size of its input.

    Raises:
        ValueError: for sizes that are not positive, or an argument that has no use here.

    Example:
        >>> import keras
        >>> import numpy as np
        >>> layer = SignInvariantEncoding(8, num_layers=2)
        >>> edges = {"senders": np.array([[0, 1]]), "receivers": np.array([[1, 0]])}
        >>> v = np.array([[[0.7, 0.1], [-0.7, 0.3]]], "float32")
        >>> bool(keras.ops.all(layer(v, edges) == layer(-v, edges)))
        True

    Reference:
        Lim et al., Sign and Basis Invariant Networks for Spectral Graph Representation Learning,
        2022, https://arxiv.org/abs/2202.13013, equation 4.
    """

    def __init__(
        self,
        hidden_dim,
        num_layers=8,
        phi_dim=4,
        kernel_initializer="glorot_uniform",
        kernel_regularizer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_positive("hidden_dim", hidden_dim)
        check_positive("num_layers", num_layers)
        check_positive("phi_dim", phi_dim)
        self.hidden_dim = hidden_dim
        self.num_layers = num_layers
        self.phi_dim = phi_dim
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)

    def _dense(self, name, units, width):
        layer = keras.layers.Dense(
            units,
            kernel_initializer=self.kernel_initializer.clone(),
            kernel_regularizer=self.kernel_regularizer,
            dtype=self.dtype_policy,
            name=name,
        )
        layer.build((None, width))
        return layer

    def _norm(self, name):
        layer = normalization_layer("batch", 1e-5, 0.9, self.dtype_policy, name)
        layer.build((None, None, self.hidden_dim))
        return layer

    def build(self, node_features_shape):
        num_vectors, hidden = node_features_shape[-1], self.hidden_dim  # K
        last = self.num_layers - 1
        self.expand, self.inner_norm, self.contract, self.outer_norm = [], [], [], []
        self.rho, self.rho_norm = [], []
        for index in range(self.num_layers):
            if index:
                self.outer_norm.append(self._norm(f"outer_norm_{index}"))
            self.expand.append(self._dense(f"expand_{index}", hidden, hidden if index else 1))
            self.inner_norm.append(self._norm(f"inner_norm_{index}"))
            units = self.phi_dim if index == last else hidden
            self.contract.append(self._dense(f"contract_{index}", units, hidden))
        for index in range(self.num_layers):
            units = num_vectors if index == last else hidden
            width = hidden if index else num_vectors * self.phi_dim
            self.rho.append(self._dense(f"rho_{index}", units, width))
            if index < last:
                self.rho_norm.append(self._norm(f"rho_norm_{index}"))

    def call(
        self,
        node_features,
        edges=None,
        edge_features=None,
        *,
        sender_features=None,
        node_mask=None,
        attention_bias=None,
        training=None,
        return_attention_scores=False,
    ):
        self.refuse(
            edge_features=edge_features,
            sender_features=sender_features,
            attention_bias=attention_bias,
            return_attention_scores=return_attention_scores,
        )
        edge_set = self.resolve(node_features, edges, None, node_mask)
        vectors = node_features[..., None]  # (B, N, K, 1)
        plus, minus = self._phi(edge_set, (vectors, -vectors), node_mask, training)
        hidden = plus + minus  # (B, N, K, phi_dim)
        width = node_features.shape[-1] * self.phi_dim
        hidden = ops.reshape(hidden, (*ops.shape(hidden)[:2], width))  # (B, N, K phi_dim)
        for dense, norm in zip(self.rho, self.rho_norm, strict=False):
            hidden = normalize(norm, ops.relu(project(dense, hidden)), node_mask, training)
        return project(self.rho[-1], hidden)  # (B, N, K)

    def _phi(self, edge_set, signs, node_mask, training):
        """The GIN on v and on -v, one after the other so that both meet the same arithmetic."""
        for index in range(self.num_layers):
            if index:
                signs = _normalize(self.outer_norm[index - 1], signs, node_mask, training)
            signs = [x + _neighbours(edge_set, x) for x in signs]
            signs = [ops.relu(project(self.expand[index], x)) for x in signs]
            signs = _normalize(self.inner_norm[index], signs, node_mask, training)
            signs = [project(self.contract[index], x) for x in signs]
        return signs

    def compute_output_spec(
        self,
        node_features,
        edges=None,
        edge_features=None,
        *,
        sender_features=None,
        node_mask=None,
        attention_bias=None,
        training=None,
        return_attention_scores=False,
    ):
        return keras.KerasTensor(node_features.shape, dtype=self.compute_dtype)

    def get_config(self):
        return {
            **super().get_config(),
            "hidden_dim": self.hidden_dim,
            "num_layers": self.num_layers,
            "phi_dim": self.phi_dim,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }


def _neighbours(edge_set, x):
    """The sum of the neighbours' (N, K, C) features."""
    shape = ops.shape(x)
    total = edge_set.weighted_sum(ops.reshape(x, (*shape[:2], x.shape[2] * x.shape[3])))
    return ops.reshape(total, shape)


def _normalize(norm, signs, node_mask, training):
    """One norm for the entries of both signs: they share its statistics."""
    both = ops.concatenate(signs, axis=2)  # (B, N, 2 K, C)
    mask = None
    if node_mask is not None:
        mask = ops.broadcast_to(ops.expand_dims(node_mask, 2), ops.shape(both)[:3])
    return ops.split(normalize(norm, both, mask, training), 2, axis=2)
