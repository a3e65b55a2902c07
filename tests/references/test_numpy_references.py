"""Layers against loops written from the papers: values, and every gradient along a direction."""

import functools

import keras
import numpy as np
import pytest

from keras_gt.testing import assert_close
from tests.layers.examples import EDGE_LAYERS
from tests.ops.backend_gradients import value_and_gradients
from tests.references import (
    numpy_dense_pairs,
    numpy_exphormer,
    numpy_grit,
    numpy_linear,
    numpy_pna,
    numpy_sign_net,
)
from tests.references import numpy_layers as reference
from tests.references.layer_arrays import (
    built,
    named_variables,
    pure_function,
    rows_of,
)


def gat(heads, size, **options):
    return functools.partial(reference.graph_attention, heads=heads, size=size, **options)


def attention(heads, size, **options):
    return functools.partial(reference.multi_head_attention, heads=heads, size=size, **options)


def gated_edges(heads, size, **options):
    return functools.partial(
        numpy_dense_pairs.gated_edge_attention, heads=heads, size=size, **options
    )


def reduction(kind):
    return functools.partial(reference.reduction, kind=kind)


def gin(epsilon):
    return functools.partial(reference.graph_isomorphism, epsilon=epsilon)


def block(aggregation, residual="post", norm=reference.layer_norm):
    def function(weights, row):
        inner = functools.partial(aggregation, reference.below(weights, "aggregation"))
        return reference.block(weights, row, inner, residual, norm)

    return function


REFERENCES = {
    "gat": gat(2, 3),
    "gat_averaged": gat(3, 2, concat=False),
    "gat_edges": gat(2, 3),
    "gat_no_projection": gat(1, 5),
    "gatv2": gat(2, 3, gatv2=True),
    "gatv2_edges": gat(2, 3, gatv2=True),
    "attention": attention(2, 3),
    "attention_unscaled": attention(2, 3, scaled=False),
    "attention_edges": attention(2, 3),
    "sum": reduction("sum"),
    "mean_root": reduction("mean"),
    "max": reduction("max"),
    "min_edges": reduction("min"),
    "std": reduction("std"),
    "gcn": reference.graph_convolution,
    "gcn_no_projection": reference.graph_convolution,
    "gin": gin(0.0),
    "gine": gin(0.5),
    "gated": reference.gated_convolution,
    "pna": functools.partial(numpy_pna.aggregation, mean_log_degree=1.3),
    "pna_towers": functools.partial(
        numpy_pna.aggregation,
        mean_log_degree=0.9,
        aggregators=("sum", "std"),
        scalers=("attenuation",),
        towers=5,
    ),
    "sign_net": functools.partial(numpy_sign_net.encoding, num_layers=2),
    "persistent_memory": functools.partial(
        reference.persistent_memory, aggregation=attention(2, 3)
    ),
    "edge_attention": functools.partial(reference.edge_attention, heads=2, size=3),
    "scaled_edge_attention": functools.partial(
        numpy_exphormer.scaled_edge_attention, heads=2, size=3
    ),
    "conditional_edge_attention": functools.partial(
        numpy_grit.conditional_edge_attention, heads=2, size=3
    ),
    "block": block(attention(2, 3)),
    "block_pre": block(gat(1, 5), "pre", reference.batch_norm),
    "block_edges": block(functools.partial(reference.edge_attention, heads=1, size=5), "none"),
    "block_gated": block(reference.gated_convolution, norm=reference.batch_norm),
    "block_gated_edges": block(gated_edges(1, 5), "pre"),
    "full_graph_attention": functools.partial(
        numpy_dense_pairs.full_graph_attention, heads=2, size=3, gamma=0.3
    ),
    "gated_edge_attention": gated_edges(2, 3, scale_degree=True),
    "polynomial_block": functools.partial(numpy_linear.polynomial_block, aggregation=gat(2, 3)),
}


def test_every_layer_that_reads_edges_has_a_reference():
    assert set(REFERENCES) == set(EDGE_LAYERS)


def reference_vector(name, arrays, inputs):
    """The reference's real entries, in the order of `pure_function`."""
    weights = {key: value for key, value in arrays.items() if not key.endswith("_features")}
    features = {key: value for key, value in arrays.items() if key.endswith("_features")}
    outputs = []
    for row in rows_of({**inputs, **features}):
        output = REFERENCES[name](weights, row)
        outputs.append(output if isinstance(output, tuple) else (output,))
    nodes = np.stack([output[0] for output in outputs])
    parts = [nodes[inputs["node_mask"]].ravel()]
    if len(outputs[0]) > 1:  # rows of real edges, one after the other
        parts.append(np.concatenate([output[1] for output in outputs]).ravel())
    return np.concatenate(parts)


@pytest.mark.parametrize("name", EDGE_LAYERS)
def test_value_and_gradients(name):
    example = EDGE_LAYERS[name]
    layer = built(example)
    variables = named_variables(layer)
    weights = {key: keras.ops.convert_to_numpy(value) for key, value in variables.items()}
    features = {key: value for key, value in example.inputs.items() if key.endswith("_features")}
    trained = {key: weights[key] for key, value in variables.items() if value.trainable}
    everything = {key: value.astype("float64") for key, value in {**weights, **features}.items()}

    expected = reference_vector(name, everything, example.inputs)
    rng = np.random.default_rng(0)
    upstream = rng.normal(size=expected.shape).astype("float32")
    compiled = keras.backend.backend() == "jax"
    function = pure_function(layer, example)
    found, gradients = value_and_gradients(function, {**features, **trained}, upstream, compiled)
    assert_close(found, expected, 1e-5, name=name)

    for key, gradient in gradients.items():
        direction = rng.normal(size=gradient.shape)
        step, ends = 1e-6, []
        for sign in (1, -1):
            moved = {**everything, key: everything[key] + sign * step * direction}
            ends.append(reference_vector(name, moved, example.inputs) @ upstream)
        slope = (ends[0] - ends[1]) / (2 * step)
        assert_close(np.sum(gradient * direction), slope, 2e-4, name=f"gradient of {key}")
