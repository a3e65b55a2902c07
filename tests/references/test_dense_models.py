"""EGT, Graphormer and SAN, whole, against NumPy written from the papers: one graph, no padding."""

import functools

import keras
import numpy as np

from keras_gt.testing import assert_close
from tests.layers.compiled import compiled
from tests.models.small_models import (
    egt_regressor,
    graphormer_regressor,
    pair_graph,
    san_regressor,
)
from tests.references import numpy_dense_pairs as reference
from tests.references.layer_arrays import named_variables, randomise
from tests.references.numpy_layers import batch_norm, gelu, layer_norm

GRAPH = pair_graph(5, 9, seed=1)
CATEGORIES = GRAPH.edge_features


def built(make):
    """(backbone, function from a layer's name to its arrays by role)."""
    keras.utils.set_random_seed(3)
    backbone = make().backbone
    randomise(backbone)

    def weights(name):
        found = named_variables(backbone.get_layer(name)).items()
        return {key: keras.ops.convert_to_numpy(value).astype("float64") for key, value in found}

    return backbone, weights


def found(backbone):
    result = compiled(backbone)(GRAPH.inputs())
    result = result if isinstance(result, dict) else {"node_features": result}
    return {key: keras.ops.convert_to_numpy(value)[0] for key, value in result.items()}


def encoded_nodes(weights):
    encoder = weights("node_encoder")
    return GRAPH.node_features @ encoder["kernel"] + encoder["bias"]


def laid_out(values):
    """The values of edges as pairs of nodes."""
    pairs = np.zeros((GRAPH.num_nodes, GRAPH.num_nodes, values.shape[1]))
    for edge, ends in enumerate(zip(GRAPH.receivers, GRAPH.senders, strict=True)):
        pairs[ends] += values[edge]
    return pairs


def test_egt():
    backbone, weights = built(egt_regressor)
    nodes = encoded_nodes(weights)
    table = weights("shortest_path_distances_encoder")["table"]
    pairs = table[GRAPH.pair_encodings["shortest_path_distances"]]
    pairs = pairs + laid_out(weights("edge_encoder")["table"][CATEGORIES])
    nodes, pairs = reference.virtual_nodes(weights("virtual_nodes"), nodes, pairs)
    row = reference.complete_row(nodes, pairs)

    def attention(arrays, row):
        def call(part):
            return reference.gated_edge_attention(arrays, row, 2, 4, scale_degree=part)

        scaled, plain = call(True), call(False)
        if isinstance(plain, tuple):
            return np.concatenate([plain[0][:2], scaled[0][2:]]), scaled[1]
        return np.concatenate([plain[:2], scaled[2:]])  # virtual nodes are not scaled

    elu = np.vectorize(lambda x: x if x > 0 else np.exp(x) - 1)
    block = functools.partial(
        reference.transformer_block,
        aggregation=attention,
        residual="pre",
        norm=layer_norm,
        activation=elu,
    )
    row.nodes, row.edges = block(weights("block_0"), row)
    row.edges = layer_norm(weights("edge_norm"), row.edges)
    nodes, _ = block(weights("block_1"), row)
    nodes = layer_norm(weights("final_norm"), nodes)
    results = found(backbone)
    assert_close(results["node_features"], nodes[2:], 1e-5)
    assert_close(results["graph_features"], nodes[:2].ravel(), 1e-5)


def test_graphormer():
    backbone, weights = built(graphormer_regressor)
    nodes = encoded_nodes(weights)
    ends = GRAPH.senders, GRAPH.receivers
    nodes = nodes + reference.degree_encoding(weights("degrees"), *ends, GRAPH.num_nodes)
    table = weights("shortest_path_distances_encoder")["table"]
    bias = table[GRAPH.pair_encodings["shortest_path_distances"]]
    paths = GRAPH.pair_encodings["shortest_path_features"]
    bias = bias + reference.path_bias(weights("path_bias"), paths, [3])
    row = reference.complete_row(*reference.virtual_nodes(weights("token"), nodes, bias))
    nodes, _ = reference.transformer_block(
        weights("block_0"),
        row,
        functools.partial(reference.biased_attention, heads=2, size=4),
        "pre",
        layer_norm,
        gelu,
    )
    nodes = layer_norm(weights("final_norm"), nodes)
    results = found(backbone)
    assert_close(results["node_features"], nodes[1:], 1e-5)
    assert_close(results["graph_features"], nodes[0], 1e-5)


def test_san():
    backbone, weights = built(san_regressor)
    encodings = GRAPH.encodings
    positions = reference.laplacian_encoding(
        weights("laplacian_encoding"),
        encodings["laplacian_eigenvectors"],
        encodings["laplacian_eigenvalues"],
        heads=2,
    )
    nodes = encoded_nodes(weights)
    nodes = np.concatenate([nodes, positions], axis=1)
    real = laid_out(np.ones((GRAPH.num_edges, 1)))[..., 0] > 0
    pairs = laid_out(weights("edge_encoder")["table"][CATEGORIES])
    _, pairs = reference.absent_edges(weights("absent_edges"), pairs, real, np.ones_like(real))
    row = reference.complete_row(nodes, pairs, loops=False)
    attention = functools.partial(reference.full_graph_attention, heads=2, size=4, gamma=0.3)
    nodes, _ = reference.transformer_block(
        weights("block_0"), row, attention, "post", batch_norm, lambda x: np.maximum(x, 0)
    )
    assert_close(found(backbone)["node_features"], nodes, 1e-5)
