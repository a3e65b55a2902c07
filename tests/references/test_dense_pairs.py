"""Layers of dense pairs against loops: values, and every gradient along a direction."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_gt.testing import assert_close
from tests.layers.examples import DENSE_LAYERS
from tests.ops.backend_gradients import value_and_gradients
from tests.references import numpy_dense_pairs as reference
from tests.references.layer_arrays import built, named_variables

WITHOUT_WEIGHTS = {"token_readout"}


def rows(function):
    """The function over the rows of the arguments, its results stacked."""

    def call(weights, arguments):
        results = []
        for row in range(len(next(iter(arguments.values())))):
            result = function(weights, *(array[row] for array in arguments.values()))
            results.append(result if isinstance(result, tuple) else (result,))
        return [np.stack(parts) for parts in zip(*results, strict=True)]

    return call


def degrees(weights, arguments):
    edges = arguments["edges"]
    result = []
    for row in range(len(edges["mask"])):
        real = edges["mask"][row]
        ends = edges["senders"][row, real], edges["receivers"][row, real]
        nodes = arguments["node_features"].shape[1]
        result.append(reference.degree_encoding(weights, *ends, nodes))
    return [np.stack(result)]


def virtual(weights, arguments):
    nodes, pairs = arguments["node_features"], arguments["pair_features"]
    results = rows(reference.virtual_nodes)(weights, {"nodes": nodes, "pairs": pairs})
    return [*results, np.pad(arguments["node_mask"], [(0, 0), (3, 0)], constant_values=True)]


def virtual_features(weights, arguments):
    rows, graphs = arguments["graph_mask"].shape
    own = [[weights["edges_from"], weights["edges_to"]]]
    return [np.array([[weights["nodes"]] * graphs] * rows), np.array(own * rows)]


REFERENCES = {
    "absent_edges": rows(reference.absent_edges),
    "degree_encoding": degrees,
    "laplacian_encoding": rows(
        lambda weights, vectors, values: reference.laplacian_encoding(weights, vectors, values, 2)
    ),
    "path_bias": rows(lambda weights, paths: reference.path_bias(weights, paths, [3, 5])),
    "virtual_node_features": virtual_features,
    "virtual_nodes": virtual,
}


def test_every_layer_with_weights_has_a_reference():
    assert set(REFERENCES) == set(DENSE_LAYERS) - WITHOUT_WEIGHTS


@pytest.mark.parametrize("name", REFERENCES)
def test_value_and_gradients(name):
    arguments = DENSE_LAYERS[name].arguments
    layer = built(DENSE_LAYERS[name])
    names = {id(variable): key for key, variable in named_variables(layer).items()}
    trained = {
        names[id(variable)]: ops.convert_to_numpy(variable)
        for variable in layer.trainable_variables
    }
    floats = {
        key: value
        for key, value in arguments.items()
        if getattr(value, "dtype", None) == np.float32 and key != "eigenvalues"
    }
    if name in ("degree_encoding", "virtual_node_features"):  # they read shapes alone
        floats = {}
    rest = [ops.convert_to_numpy(variable) for variable in layer.non_trainable_variables]

    def function(**arrays):
        weights = [arrays[names[id(variable)]] for variable in layer.trainable_variables]
        given = {**arguments, **{key: arrays[key] for key in floats}}
        results, _ = layer.stateless_call(weights, rest, **given)
        results = results if isinstance(results, (tuple, list)) else (results,)
        flat = [ops.cast(ops.reshape(result, (-1,)), "float32") for result in results]
        return ops.concatenate(flat)

    def expected_vector(arrays):
        given = {**arguments, **{key: arrays[key] for key in floats}}
        return np.concatenate([np.ravel(part) for part in REFERENCES[name](arrays, given)])

    arrays = {key: value.astype("float64") for key, value in {**trained, **floats}.items()}
    expected = expected_vector(arrays)
    rng = np.random.default_rng(0)
    upstream = rng.normal(size=expected.shape).astype("float32")
    compiled = keras.backend.backend() == "jax"
    found, gradients = value_and_gradients(function, {**trained, **floats}, upstream, compiled)
    assert_close(found, expected, 1e-5, name=name)
    for key, gradient in gradients.items():
        direction = rng.normal(size=gradient.shape)
        step, ends = 1e-6, []
        for sign in (1, -1):
            moved = {**arrays, key: arrays[key] + sign * step * direction}
            ends.append(expected_vector(moved) @ upstream)
        slope = (ends[0] - ends[1]) / (2 * step)
        assert_close(np.sum(gradient * direction), slope, 2e-4, name=f"gradient of {key}")
