"""Exphormer: GraphGPS' block against loops, and the graph transformer over the same edges."""

import functools

import keras
import numpy as np
import pytest

from keras_gt import layers
from keras_gt.graph import Graph, add_expander_edges
from keras_gt.loaders import GraphLoader
from keras_gt.models import GraphRegressor, GraphTransformer
from keras_gt.testing import assert_close
from tests.layers.compiled import compiled
from tests.layers.examples import SQUARE
from tests.layers.functional import symbolic
from tests.models.small_models import outputs
from tests.ops.backend_gradients import value_and_gradients
from tests.references import numpy_layers as reference
from tests.references.layer_arrays import named_variables, randomise, rows_of
from tests.references.numpy_exphormer import scaled_edge_attention
from tests.references.numpy_gps import global_local_block

NUM_HUBS = 2


def ring(num_nodes):
    nodes = np.arange(num_nodes)
    after = np.roll(nodes, -1)
    ends = np.append(nodes, after), np.append(after, nodes)
    return Graph(num_nodes, *ends, node_features=nodes % 3)


def with_expander(num_nodes, seed=0):
    """Categories 3 and 4 are the virtual nodes'."""
    return add_expander_edges(ring(num_nodes), 4, NUM_HUBS, seed, node_value=[3, 4])


GRAPHS = [with_expander(nodes, seed=nodes) for nodes in (11, 5, 13)]  # 5: the complete graph


@pytest.fixture(scope="module")
def task():
    keras.utils.set_random_seed(3)
    backbone = GraphTransformer(
        {"categories": [5]}, 8, 1, 2, edge_features={"categories": [2 + 2 * NUM_HUBS]}
    )
    return GraphRegressor(backbone)


def test_nodes_read_along_every_kind_of_edge(task):
    graph = GRAPHS[0]
    inputs = graph.inputs()
    before = outputs(task.backbone, inputs)
    for node in (5, 12):  # one of the ring, and a virtual one
        changed = inputs["node_features"].copy()
        changed[0, node] = (changed[0, node] + 1) % 5
        moved = outputs(task.backbone, {**inputs, "node_features": changed})
        reached = np.flatnonzero(np.abs(moved - before).max(axis=(0, 2)) > 1e-6)
        readers = graph.receivers[graph.senders == node]
        assert set(reached) == {node, *readers}
    assert {4, 6, 11, 12} < set(graph.receivers[graph.senders == 5])


def test_every_type_of_edge_has_numbers_of_its_own(task):
    inputs = GRAPHS[0].inputs()
    before = outputs(task.backbone, inputs)
    for kind in range(2 + 2 * NUM_HUBS):
        types = inputs["edge_features"]
        types = np.where(types == kind, (kind + 1) % 6, types)
        moved = outputs(task.backbone, {**inputs, "edge_features": types})
        assert np.abs(moved - before).max() > 1e-4, kind


def test_packed_rows_and_training(task):
    inputs, labels = GraphLoader(GRAPHS, np.arange(3.0))[0]
    together = outputs(task, inputs)
    found = task.predict(GRAPHS, verbose=0)
    np.testing.assert_allclose(found, together.reshape(found.shape), rtol=1e-4, atol=1e-5)
    task.compile(keras.optimizers.Adam(0.01), "mse")
    losses = task.fit(inputs, labels, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


FEATURES = SQUARE["node_features"].shape[-1]
LOCALS = {
    "gine": (
        lambda: layers.GraphIsomorphism(
            layers.FeedForward(FEATURES, activation="gelu"), use_edge_projection=False
        ),
        functools.partial(reference.graph_isomorphism, epsilon=0.0),
    ),
    "gated": (lambda: layers.GatedGraphConvolution(FEATURES), reference.gated_convolution),
}
EDGES = {name: SQUARE[name] for name in ("senders", "receivers")} | {"mask": SQUARE["edge_mask"]}
EDGES |= {name: SQUARE[name] for name in ("receiver_offsets", "sender_offsets", "sender_order")}
RNG = np.random.default_rng(4)
STORED = RNG.random(SQUARE["senders"].shape) < 0.6  # the others are for the attention alone
FLOATS = {
    "node_features": SQUARE["node_features"],
    "edge_features": SQUARE["edge_features"],
    "attended_features": RNG.normal(size=SQUARE["edge_features"].shape).astype("float32"),
    "virtual_nodes": RNG.normal(size=(2, 1, 3, FEATURES)).astype("float32"),
    "virtual_edges": RNG.normal(size=(2, 2, 3, FEATURES)).astype("float32"),
}


def call_arguments(arrays):
    """What the block is called with."""
    return {
        "node_features": arrays["node_features"],
        "edges": EDGES,
        "edge_features": arrays["edge_features"],
        "node_mask": SQUARE["node_mask"],
        "local_mask": STORED,
        "attention_inputs": {
            "edges": EDGES,
            "edge_features": arrays["attended_features"],
            "virtual_nodes": arrays["virtual_nodes"],
            "virtual_edges": arrays["virtual_edges"],
        },
    }


@functools.cache
def block_of(local):
    keras.utils.set_random_seed(6)
    block = layers.GlobalLocalBlock(
        LOCALS[local][0](),
        layers.ScaledEdgeAttention(1, FEATURES),
        layers.FeedForward(13, activation="gelu"),
    )
    block(**symbolic(call_arguments(FLOATS)))  # builds it
    randomise(block)
    return block


def masks_of(local):
    """What is real of the block's results: nodes, stored edges and virtual nodes."""
    virtual = np.ones(FLOATS["virtual_nodes"].shape[:3], bool)
    stored = STORED & SQUARE["edge_mask"]
    return [SQUARE["node_mask"], *([stored] if local == "gated" else []), virtual]


def expected_vector(local, arrays):
    """The real entries by the loops, one result after the other."""
    weights = {key: value for key, value in arrays.items() if key not in FLOATS}
    results = []
    attended_rows = rows_of({**SQUARE, "edge_features": arrays["attended_features"]})
    stored = {**SQUARE, "edge_mask": STORED & SQUARE["edge_mask"]}
    stored["edge_features"] = arrays["edge_features"]
    for index, (row, attended) in enumerate(zip(rows_of(stored), attended_rows, strict=True)):
        mask = SQUARE["node_mask"][index]
        row.nodes = attended.nodes = arrays["node_features"][index][mask]  # the first ones
        attention = functools.partial(
            scaled_edge_attention,
            row=attended,
            heads=1,
            size=FEATURES,
            virtual_nodes=arrays["virtual_nodes"][index, 0],
            virtual_edges=arrays["virtual_edges"][index],
        )
        found = global_local_block(
            weights, row, LOCALS[local][1], reference.batch_norm, attention=attention
        )
        results.append(found)
    return np.concatenate([part.ravel() for parts in zip(*results, strict=True) for part in parts])


@pytest.mark.parametrize("local", LOCALS)
def test_value_and_gradients_of_the_block(local):
    block = block_of(local)
    variables = named_variables(block)
    weights = {key: keras.ops.convert_to_numpy(value) for key, value in variables.items()}
    trained = {key: weights[key] for key, value in variables.items() if value.trainable}
    names = {id(variable): name for name, variable in variables.items()}
    rest = [keras.ops.convert_to_numpy(value) for value in block.non_trainable_variables]
    masks = masks_of(local)

    def function(**arrays):
        values = [arrays[names[id(variable)]] for variable in block.trainable_variables]
        results, _ = block.stateless_call(values, rest, **call_arguments(arrays))
        parts = []
        for result, mask in zip(results, masks, strict=True):
            flat = keras.ops.reshape(result, (-1, FEATURES))
            chosen = keras.ops.take(flat, np.flatnonzero(mask), axis=0)
            parts.append(keras.ops.reshape(chosen, (-1,)))
        return keras.ops.concatenate(parts)

    everything = {key: value.astype("float64") for key, value in {**weights, **FLOATS}.items()}
    expected = expected_vector(local, everything)
    rng = np.random.default_rng(0)
    upstream = rng.normal(size=expected.shape).astype("float32")
    on_jax = keras.backend.backend() == "jax"
    found, gradients = value_and_gradients(function, {**FLOATS, **trained}, upstream, on_jax)
    assert_close(found, expected, 1e-5)
    for key, gradient in gradients.items():
        direction = rng.normal(size=gradient.shape)
        step, ends = 1e-6, []
        for sign in (1, -1):
            moved = {**everything, key: everything[key] + sign * step * direction}
            ends.append(expected_vector(local, moved) @ upstream)
        slope = (ends[0] - ends[1]) / (2 * step)
        assert_close(np.sum(gradient * direction), slope, 2e-4, name=f"gradient of {key}")


@pytest.mark.parametrize("local", LOCALS)
def test_the_plan_changes_no_number_of_the_block(local):
    arguments = call_arguments(FLOATS)
    expected = compiled(block_of(local))(**arguments)
    bare = {name: EDGES[name] for name in ("senders", "receivers", "mask")}
    attended = {**arguments["attention_inputs"], "edges": bare}
    arguments = {**arguments, "edges": bare, "attention_inputs": attended}
    found = compiled(block_of(local))(**arguments)
    for one, other, mask in zip(found, expected, masks_of(local), strict=True):
        assert_close(one, other, 1e-5, where=mask)
