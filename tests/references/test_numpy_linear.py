"""Global attention and hop tokens against their dense references: values, and every gradient."""

import functools

import keras
import numpy as np
import pytest
from keras import ops

from keras_gt.testing import assert_close
from tests.layers.examples import OTHER_LAYERS
from tests.ops.backend_gradients import value_and_gradients
from tests.references import numpy_linear as reference
from tests.references.layer_arrays import built, named_variables

SIMPLE = reference.simple_global_attention
POLYNOMIAL = reference.polynomial_attention
REFERENCES = {
    "global_simple": functools.partial(SIMPLE, heads=2, unit_norm="node"),
    "global_simple_packed": functools.partial(SIMPLE, heads=2, unit_norm="graph"),
    "global_polynomial": functools.partial(POLYNOMIAL, heads=2, fixed_beta=False),
    "global_polynomial_packed": functools.partial(POLYNOMIAL, heads=2, fixed_beta=True),
    "node_tokens": reference.token_block,
    "hop_readout": reference.hop_readout,
}
KEYS = ("node_features", "tokens")


def groups_of(arguments):
    """(row, indices of the real nodes) of each graph; of each node where nodes stand alone."""
    if "tokens" in arguments:
        yield from np.ndindex(arguments["tokens"].shape[:2])
        return
    mask = arguments["node_mask"]
    ids = arguments.get("graph_ids", np.zeros(mask.shape, "int32"))
    for row in range(len(mask)):
        for graph in np.unique(ids[row, mask[row]]):
            yield row, np.flatnonzero(mask[row] & (ids[row] == graph))


def reference_vector(name, arrays, arguments):
    weights = {key: value for key, value in arrays.items() if key not in KEYS}
    (features,) = (arrays[key] for key in KEYS if key in arrays)
    return np.concatenate(
        [np.ravel(REFERENCES[name](weights, features[group])) for group in groups_of(arguments)]
    )


@pytest.mark.parametrize("name", REFERENCES)
def test_value_and_gradients(name):
    example = OTHER_LAYERS[name]
    layer, arguments = built(example), example.arguments
    variables = named_variables(layer)
    weights = {key: ops.convert_to_numpy(value) for key, value in variables.items()}
    features = {key: arguments[key] for key in KEYS if key in arguments}
    names = {id(variable): key for key, variable in variables.items()}
    groups = list(groups_of(arguments))

    def function(**arrays):
        trained = [arrays[names[id(variable)]] for variable in layer.trainable_variables]
        given = {key: arrays[key] for key in features}
        output, _ = layer.stateless_call(trained, [], **{**arguments, **given})
        if "tokens" in arguments:
            return ops.reshape(output, (-1,))
        size = arguments["node_mask"].shape[1]
        order = np.concatenate([row * size + nodes for row, nodes in groups])
        flat = ops.reshape(output, (-1, output.shape[-1]))
        return ops.reshape(ops.take(flat, order, axis=0), (-1,))

    everything = {key: value.astype("float64") for key, value in {**weights, **features}.items()}
    expected = reference_vector(name, everything, arguments)
    rng = np.random.default_rng(0)
    upstream = rng.normal(size=expected.shape).astype("float32")
    compiled = keras.backend.backend() == "jax"
    found, gradients = value_and_gradients(function, {**features, **weights}, upstream, compiled)
    assert_close(found, expected, 1e-5, name=name)
    for key, gradient in gradients.items():
        direction = rng.normal(size=gradient.shape)
        step, ends = 1e-6, []
        for sign in (1, -1):
            moved = {**everything, key: everything[key] + sign * step * direction}
            ends.append(reference_vector(name, moved, arguments) @ upstream)
        slope = (ends[0] - ends[1]) / (2 * step)
        assert_close(np.sum(gradient * direction), slope, 2e-4, name=f"gradient of {key}")
