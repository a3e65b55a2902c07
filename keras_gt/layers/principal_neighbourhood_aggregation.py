import keras
from keras import ops

from keras_gt.layers.graph_layer import (
    GraphLayer,
    check_choice,
    check_positive,
    pairs_shape,
    project_pairs,
    split_heads,
)

_AGGREGATORS = ("mean", "max", "min", "std", "sum")
_SCALERS = ("identity", "amplification", "attenuation")


class _TowerDense(keras.layers.EinsumDense):
    """EinsumDense whose half-precision shapes can be inferred on PyTorch, where Keras leaves the
    kernel of a tensor without values in float32, and its einsum takes one type alone."""

    def call(self, inputs, training=None):
        if self.quantization_mode is not None:
            return super().call(inputs, training=training)
        kernel = ops.convert_to_tensor(self.kernel)
        result = _tower_product(ops.cast(inputs, kernel.dtype), kernel)
        return result if self.bias is None else result + self.bias

    def of_scaled(self, own, reduced, factors):
        """The layer on [own, factor * reduced for each of S factors], without that wide array.

        own (B, N, T, K), reduced (B, N, T, A K), factors (B, N, 1, S) -> (B, N, T, units).
        """
        if self.quantization_mode is not None or self.lora_enabled:
            factors = ops.cast(factors, reduced.dtype)[..., None]  # (B, N, 1, S, 1)
            parts = [reduced * factors[..., index, :] for index in range(factors.shape[-2])]
            return self(ops.concatenate([own, *parts], axis=-1))
        kernel = ops.convert_to_tensor(self.kernel)  # (T, K + S A K, units)
        own, reduced = ops.cast(own, kernel.dtype), ops.cast(reduced, kernel.dtype)
        towers, width, units = kernel.shape[0], own.shape[-1], kernel.shape[-1]
        scalers = factors.shape[-1]
        wide = ops.reshape(kernel[:, width:], (towers, scalers, -1, units))  # (T, S, A K, units)
        wide = ops.reshape(ops.transpose(wide, (0, 2, 1, 3)), (towers, -1, scalers * units))
        parts = _tower_product(reduced, wide)  # (B, N, T, S units)
        parts = ops.reshape(parts, (*ops.shape(parts)[:-1], scalers, units))
        scaled = ops.sum(parts * ops.cast(factors, parts.dtype)[..., None], axis=-2)
        return _tower_product(own, kernel[:, :width]) + scaled + self.bias


def _tower_product(x, kernel):
    """Each tower's features times its matrix: (B, N, T, F), (T, F, K) -> (B, N, T, K)."""
    if kernel.shape[0] > 1:
        return ops.einsum("bntf,tfk->bntk", x, kernel)
    result = ops.matmul(ops.reshape(x, (-1, x.shape[-1])), kernel[0])
    return ops.reshape(result, (*ops.shape(x)[:-1], kernel.shape[-1]))


@keras.saving.register_keras_serializable(package="keras_gt")
class PrincipalNeighbourhoodAggregation(GraphLayer):
    """Reduces each node's messages in several ways, each scaled by the node's degree (PNA).

        m_ij  = M [h_i, h_j, e_ij] + c
        h_i'  = U [h_i, {S(d_i) reduce_j m_ij for each scaler S and each reduction}] + b
        identity:       S(d) = 1
        amplification:  S(d) = log(d + 1) / delta
        attenuation:    S(d) = delta / log(d + 1)

    over the d_i edges j -> i, with reduce in mean, max, min, std and sum, and delta the mean of
    log(d + 1) over the training graphs' nodes (`keras_gt.graph.mean_log_degree`). M and U are
    linear, and M is kept as three projections, of receivers, senders and edges. With T towers
    each reads its own F / T features and gives D / T of the result. Where a node has no edge,
    every reduction is 0.

    The norm, the layer that mixes the towers and the residual of the paper are the backbone's.
    As in the paper std = sqrt(variance + epsilon); PyTorch Geometric's, which cuts off the
    variance at epsilon instead, differs where messages hardly do.

    Args:
        units: int D, the number of features of the result, a multiple of towers.
        mean_log_degree: float delta > 0, a statistic of the training graphs.
        aggregators: list of "mean", "max", "min", "std", "sum".
        scalers: list of "identity", "amplification", "attenuation".
        towers: int T, which divides the features of the nodes.
        epsilon: float, added to the variance.
        kernel_initializer: initializer of the projections.
        kernel_regularizer: regularizer of the projections.
        **kwargs: of `GraphLayer`.

    Call arguments:
        As `GraphLayer`, without attention; `edge_features` may be a table of kinds.

    Returns:
        (B, N, D).

    Raises:
        ValueError: for sizes that are not positive or do not divide, an unknown aggregator or
            scaler, or an argument given that has no use here.

    Example:
        >>> import numpy as np
        >>> layer = PrincipalNeighbourhoodAggregation(4, mean_log_degree=0.7)
        >>> edges = {"senders": np.array([[0, 1]]), "receivers": np.array([[1, 2]])}
        >>> tuple(layer(np.ones((1, 3, 5), "float32"), edges).shape)
        (1, 3, 4)

    Reference:
        Corso et al., Principal Neighbourhood Aggregation for Graph Nets, 2020,
        https://arxiv.org/abs/2004.05718, equations 4 to 8.
    """

    def __init__(
        self,
        units,
        mean_log_degree,
        aggregators=("mean", "max", "min", "std"),
        scalers=("identity", "amplification", "attenuation"),
        towers=1,
        epsilon=1e-5,
        kernel_initializer="glorot_uniform",
        kernel_regularizer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_positive("units", units)
        check_positive("towers", towers)
        check_mean_log_degree(mean_log_degree)
        _check_several("aggregators", aggregators, _AGGREGATORS)
        _check_several("scalers", scalers, _SCALERS)
        _check_divides("units", units, towers)
        self.units = units
        self.mean_log_degree = float(mean_log_degree)
        self.aggregators = list(aggregators)
        self.scalers = list(scalers)
        self.towers = towers
        self.epsilon = epsilon
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.edge = None

    def _tower_dense(self, name, units, use_bias):
        """One linear layer a tower: (B, N, T, F) -> (B, N, T, units)."""
        return _TowerDense(
            "bntf,tfk->bntk",
            (None, self.towers, units),
            bias_axes="tk" if use_bias else None,
            kernel_initializer=self.kernel_initializer.clone(),
            kernel_regularizer=self.kernel_regularizer,
            dtype=self.dtype_policy,
            name=name,
        )

    def build(self, node_features_shape, edge_features_shape=None, sender_features_shape=None):
        width = node_features_shape[-1]
        sender_width = (sender_features_shape or node_features_shape)[-1]
        for name, size in (("node_features", width), ("sender_features", sender_width)):
            _check_divides(name, size, self.towers)
        size = width // self.towers  # K
        self.query = self._tower_dense("query", size, use_bias=True)
        self.query.build((None, None, self.towers, size))
        self.value = self._tower_dense("value", size, use_bias=False)
        self.value.build((None, None, self.towers, sender_width // self.towers))
        if edge_features_shape is not None:
            self.edge = keras.layers.Dense(
                width,
                use_bias=False,
                kernel_initializer=self.kernel_initializer.clone(),
                kernel_regularizer=self.kernel_regularizer,
                dtype=self.dtype_policy,
                name="edge",
            )
            self.edge.build(pairs_shape(edge_features_shape))
        num_parts = 1 + len(self.aggregators) * len(self.scalers)
        self.projection = self._tower_dense("projection", self.units // self.towers, use_bias=True)
        self.projection.build((None, None, self.towers, num_parts * size))

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
        self.refuse(attention_bias=attention_bias, return_attention_scores=return_attention_scores)
        edge_set = self.resolve(node_features, edges, sender_features, node_mask)
        sender = node_features if sender_features is None else sender_features
        own = split_heads(node_features, self.towers)  # (B, N, T, K)
        query = self.query(own)  # (B, N, T, K)
        value = self.value(split_heads(sender, self.towers))  # (B, M, T, K)
        pairs = None
        if edge_features is not None:
            pairs = split_heads(
                project_pairs(self.edge, edge_features), self.towers
            )  # (B, E, T, K)
        reduced = edge_set.reduced(self.aggregators, query, value, pairs, self.epsilon)
        reduced = ops.concatenate(reduced, axis=-1)  # (B, N, T, A K)
        degree = edge_set.degree("float32")[..., None]  # (B, N, 1, 1)
        factors = [self._factor(name, degree) for name in self.scalers]
        factors = ops.concatenate(factors, axis=-1)  # (B, N, 1, S)
        result = self.projection.of_scaled(own, reduced, factors)  # (B, N, T, D / T)
        return ops.reshape(result, (*ops.shape(result)[:2], self.units))

    def _factor(self, scaler, degree):
        """S(d_i), (B, N, 1, 1)."""
        if scaler == "identity":
            return ops.ones_like(degree)
        # without an edge what is reduced is 0, and 0 log 0 is not
        factor = ops.log(ops.maximum(degree, 1) + 1) / self.mean_log_degree
        return 1 / factor if scaler == "attenuation" else factor

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
        shape = (*node_features.shape[:-1], self.units)
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "mean_log_degree": self.mean_log_degree,
            "aggregators": self.aggregators,
            "scalers": self.scalers,
            "towers": self.towers,
            "epsilon": self.epsilon,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }


def check_mean_log_degree(value):
    """Raises the named error where the value is no mean of logarithms of degrees."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        raise ValueError(
            "mean_log_degree must be a positive number. Compute it with "
            "keras_gt.graph.mean_log_degree(training_graphs). "
            f"Received: mean_log_degree={value!r}"
        )


def _check_several(name, values, choices):
    if isinstance(values, str) or not values or len(set(values)) < len(values):
        raise ValueError(
            f"{name} must be a list of different names out of {list(choices)}. Give one or more. "
            f"Received: {name}={values!r}"
        )
    for value in values:
        check_choice(name, value, choices)


def _check_divides(name, size, towers):
    if size % towers:
        raise ValueError(
            f"{name} must be a multiple of towers wide. Change one of them. Received: width "
            f"{size}, towers={towers}"
        )
