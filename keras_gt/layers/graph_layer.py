"""The base of every layer that reads edges."""

import functools
import re

import keras
from keras import ops
from keras.dtype_policies import DTypePolicyMap

from keras_gt import ops as graph_ops
from keras_gt.layers.direct_call import called_directly, is_bare
from keras_gt.ops.edge_sets import MAX_PAIR_ELEMENTS


def serialized_policy(layer):
    """The dtype policy of a composite layer, with its quantised sublayers' own policies."""
    policy = layer.dtype_policy
    if not isinstance(policy, DTypePolicyMap):
        policies = DTypePolicyMap(default_policy=policy.name)
        for sublayer in layer._flatten_layers(include_self=False):
            if sublayer.quantization_mode is not None:
                policies[_policy_key(layer, sublayer)] = sublayer.dtype_policy
        policy = policies if len(policies) else policy
    return keras.dtype_policies.serialize(policy)


def _policy_key(layer, sublayer):
    """The sublayer's path in a policy map; below the layer itself it may have any prefix.

    Reloading builds an inner layer before the layer around it, so its path is shorter then.
    """
    prefix = f"{layer.path}/"
    if not sublayer.path.startswith(prefix):
        return sublayer.path
    return f"(.*/)?{re.escape(layer.name)}/{re.escape(sublayer.path.removeprefix(prefix))}"


def split_heads(x, num_heads):
    """(..., H K) as (..., H, K)."""
    return graph_ops.reshape(x, (*ops.shape(x)[:-1], num_heads, x.shape[-1] // num_heads))


_type_name = functools.cache(keras.backend.standardize_dtype)


def in_type(x, dtype):
    """A tensor in a type; nothing is called where it has that type already."""
    return x if _type_name(x.dtype) == dtype else ops.cast(x, dtype)


def weight_of(variable, dtype):
    """The variable's tensor in a type."""
    return in_type(variable.value, dtype)


def project(dense, x):
    """dense(x), or another layer, of (B, N, F) on (B N, F), which XLA makes faster."""
    return projections([dense], x)[0]


def projections(layers, x):
    """[layer(x) for each of the layers], see `project`.

    Layers that only multiply and add are not called: on PyTorch, where each step runs as it is
    written, a call costs as much as the product of a small batch.
    """
    if all(is_plain(layer) for layer in layers):
        dtype = layers[0].compute_dtype
        return graph_ops.linears(in_type(x, dtype), *weights_of(layers, dtype))
    flat, shape = graph_ops.reshape(x, (-1, x.shape[-1])), ops.shape(x)[:-1]
    results = [layer(flat) for layer in layers]
    return [graph_ops.reshape(result, (*shape, result.shape[-1])) for result in results]


def project_pairs(dense, edge_features):
    """dense(edge_features), or these themselves without a layer; of a table a row for each edge."""
    if not isinstance(edge_features, dict):
        return edge_features if dense is None else project(dense, edge_features)
    table, kinds = edge_features["table"], edge_features["kinds"]
    table = table if dense is None else project(dense, table)  # (1, K, D)
    flat = graph_ops.reshape(table, (-1, table.shape[-1]))
    pairs = graph_ops.gather_rows(flat, graph_ops.reshape(kinds, (-1,)))
    return graph_ops.reshape(pairs, (*ops.shape(kinds), table.shape[-1]))


def pairs_shape(edge_features_shape):
    """The shape of edge features, or of the table that holds them."""
    is_table = isinstance(edge_features_shape, dict)
    return edge_features_shape["table"] if is_table else edge_features_shape


def projections_of_ends(of_receivers, of_senders, receivers, senders):
    """The results of the first layers of the receivers, then those of the others of the senders.

    Senders are None where they are the receivers, whose products are then made together.
    """
    if senders is None:
        return projections([*of_receivers, *of_senders], receivers)
    return [*projections(of_receivers, receivers), *projections(of_senders, senders)]


def query_key_value(layers, receivers, senders):
    """The three layers' results: the first of the receivers, the others of the senders."""
    return projections_of_ends(layers[:1], layers[1:], receivers, senders)


def call_inside(layer, x, *args, **kwargs):
    """layer(x, ...) from within another layer's call, without the checks around it.

    On PyTorch these take as long as the arithmetic of a small batch. They have no use where the
    layer is built, of the type of x, and told whether it trains.
    """
    bare = is_bare(layer) and layer.compute_dtype == _type_name(x.dtype)
    return (layer.call if bare else layer)(x, *args, **kwargs)


def weights_of(layers, dtype):
    """The kernels of dense layers, and the biases or None, in a type."""
    kernels = [weight_of(layer.kernel, dtype) for layer in layers]
    return kernels, [
        None if layer.bias is None else weight_of(layer.bias, dtype) for layer in layers
    ]


def factors_of(dense, x):
    """x, kernel and bias, whose product is dense(x), or dense(x), None and None."""
    if not is_plain(dense):
        return dense(x), None, None
    (kernel,), (bias,) = weights_of([dense], dense.compute_dtype)
    return in_type(x, dense.compute_dtype), kernel, bias


def is_plain(dense):
    """Whether a layer multiplies and adds, and nothing else."""
    return (
        type(dense) is keras.layers.Dense
        and is_bare(dense)
        and not dense.lora_enabled
        and dense.activation is keras.activations.linear
    )


@keras.saving.register_keras_serializable(package="keras_gt")
@called_directly()
class GraphLayer(keras.layers.Layer):
    """Base of the layers that let nodes read other nodes along edges.

    Every subclass has one call signature, so that layers swap:
    `layer(node_features, edges=None, edge_features=None, *, sender_features=None,
    node_mask=None, attention_bias=None, training=None, return_attention_scores=False)`.

    Args:
        max_pair_elements: int, the largest dense pair tensor that is built before an error asks
            for edge lists; default 2^28.
        **kwargs: `name`, `dtype`, `trainable` of `keras.layers.Layer`.

    Call arguments:
        node_features: (B, N, F) float, the receiving nodes.
        edges: None for the complete graph; (B, N, M) bool (or float weights) adjacency; or a
            dictionary with `senders` and `receivers` (B, E) int32 and optional `mask`,
            `weights` and plan.
        edge_features: (B, E, C) with edge lists, (B, N, M, C) with dense edges, or None. Where a
            layer says so, edges of a few kinds may give each kind's features once: a dictionary
            of `table` (1, K, C) and `kinds` (B, E) or (B, N, M) int32, each edge's row in it.
        sender_features: (B, M, F) of the sending nodes of a bipartite graph, or None.
        node_mask: (B, N) bool, true for real nodes, or None.
        attention_bias: (B, E, H) or (B, H, N, M), added to the scores, or None.
        training: bool or None.
        return_attention_scores: bool; true returns (result, scores) with the attention weights
            before dropout as (B, E, H), or (B, H, N, M) for dense edges.

    Raises:
        ValueError: for an argument that the layer has no use for.
    """

    updates_edges = False

    def __init__(self, *, max_pair_elements=MAX_PAIR_ELEMENTS, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.max_pair_elements = max_pair_elements

    def resolve(self, node_features, edges, sender_features, node_mask):
        """The edge set of this call."""
        return graph_ops.resolve_edges(
            edges, node_features, sender_features, node_mask, self.max_pair_elements
        )

    def refuse(self, **arguments):
        """Raises for each given argument that this layer has no use for."""
        for name, value in arguments.items():
            if value is not None and value is not False:
                raise ValueError(
                    f"{name} must not be given to {type(self).__name__}, which has no use for "
                    f"it. Leave it out. Received: {name}={value}"
                )

    def scores_spec(self, node_features, edges, sender_features, num_heads):
        """The KerasTensor of the returned attention scores."""
        rows, receivers = node_features.shape[0], node_features.shape[1]
        if isinstance(edges, dict):
            shape = (rows, edges["senders"].shape[1], num_heads)
        else:
            senders = (node_features if sender_features is None else sender_features).shape[1]
            shape = (rows, num_heads, receivers, senders)
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self):
        config = super().get_config()
        config["dtype"] = serialized_policy(self)
        config["max_pair_elements"] = self.max_pair_elements
        return config


def check_choice(name, value, choices):
    """Raises the named error where the value is none of the choices."""
    if value not in choices:
        raise ValueError(
            f"{name} must be one of {list(choices)}. Choose one of them. Received: {name}={value!r}"
        )


def check_positive(name, value):
    """Raises the named error where the value is not a positive integer."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(
            f"{name} must be a positive integer. Give a size of 1 or more. "
            f"Received: {name}={value!r}"
        )


def check_rate(name, value):
    """Raises the named error where the value is no dropout rate."""
    if not 0 <= value < 1:
        raise ValueError(
            f"{name} must be in [0, 1). Give the fraction to drop. Received: {name}={value!r}"
        )


def check_each_edge(layer, edge_features):
    """Raises where a layer that changes each edge's features gets a table of kinds."""
    if isinstance(edge_features, dict):
        raise ValueError(
            f"edge_features must be a tensor for {type(layer).__name__}, with the features of each "
            "edge. Gather the table's rows by the kinds first. Received: a dictionary of "
            f"{sorted(edge_features)}"
        )


def check_edge_features(layer, edge_features):
    """Raises where a layer that cannot do without each edge's features gets none."""
    check_each_edge(layer, edge_features)
    if edge_features is None:
        raise ValueError(
            f"edge_features must be given to {type(layer).__name__}. Use MultiHeadAggregation for "
            "graphs without them. Received: edge_features=None"
        )
