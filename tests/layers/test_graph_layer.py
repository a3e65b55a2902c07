"""The contract that every exported layer keeps, run over the table of examples."""

import inspect
import re

import keras
import numpy as np
import pytest

from keras_gt import layers
from keras_gt.layers.graph_layer import call_inside
from keras_gt.testing import assert_close
from tests.layers.compiled import compiled, for_one_step, run
from tests.layers.examples import EDGE_LAYERS, EXAMPLES, call_arguments
from tests.layers.functional import functional_model, results, symbolic

CLASSES = {
    name: value
    for name, value in vars(layers).items()
    if isinstance(value, type) and issubclass(value, keras.layers.Layer)
}


def init_arguments(layer_class):
    parameters = inspect.signature(layer_class.__init__).parameters.values()
    return {
        parameter.name: parameter.default
        for parameter in parameters
        if parameter.name != "self" and parameter.kind is not parameter.VAR_KEYWORD
    }


def test_every_exported_layer_has_an_example():
    shown = {type(example.make()).__name__ for example in EXAMPLES.values()}
    assert set(CLASSES) - shown == {"GraphLayer"}  # the base


@pytest.mark.parametrize("name", CLASSES)
def test_every_argument_is_documented_in_its_order(name):
    text = inspect.cleandoc(CLASSES[name].__doc__)  # Python 3.13 does so itself
    section = re.search(r"\nArgs:\n(.*?)\n\n", text, re.DOTALL).group(1)
    documented = re.findall(r"^    (\w+): ", section, re.MULTILINE)
    assert documented == list(init_arguments(CLASSES[name]))
    for argument, default in init_arguments(CLASSES[name]).items():
        told = re.search(rf"^    {argument}: .*?default (\S+?)[.;,]?$", section, re.MULTILINE)
        if told and not isinstance(default, int):
            assert told.group(1).strip("\"'") == str(default), argument


@pytest.mark.parametrize("name", EXAMPLES)
def test_config_round_trip(name):
    layer = EXAMPLES[name].make()
    config = layer.get_config()
    missing = set(init_arguments(type(layer))) - set(config)
    assert not missing
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert type(again) is type(layer)
    assert again.get_config() == config
    for argument in init_arguments(type(layer)):
        assert hasattr(layer, argument), f"{argument} is not kept under its own name"


@pytest.mark.parametrize("name", EXAMPLES)
def test_forms_of_calling_and_saving_agree(name, tmp_path):
    keras.utils.set_random_seed(1)
    example = EXAMPLES[name]
    layer = example.make()
    model, arrays = functional_model(layer, example)
    found = results(model.predict_on_batch(arrays))
    declared = layer.compute_output_spec(**symbolic(call_arguments(example)))
    declared = declared if isinstance(declared, tuple) else (declared,)
    expected = results(compiled(layer)(**call_arguments(example)))
    for spec, one, other in zip(declared, expected, found, strict=True):
        assert one.shape == tuple(spec.shape)
        assert_close(other, one, 1e-6, name="functional model")
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for one, other in zip(expected, results(run(loaded, arrays)), strict=True):
        assert_close(other, one, 1e-6, name="saved model")
    assert all(np.abs(one).max() > 0 for one in expected)
    assert_fresh_weights_differ(layer)


def assert_fresh_weights_differ(layer):
    kernels = [np.ravel(weight) for weight in layer.get_weights() if np.size(weight) > 1]
    kernels = [kernel for kernel in kernels if np.ptp(kernel) > 0]  # constants begin equal
    for index, first in enumerate(kernels):
        for second in kernels[:index]:
            size = min(len(first), len(second))
            scale = np.abs(first[:size]).max() / np.abs(second[:size]).max()
            assert np.abs(first[:size] - scale * second[:size]).max() > 1e-4


TRAINED = [name for name in EXAMPLES if not name.startswith(("pair_mask", "dropout", "head_none"))]
TRAINED.remove("pair_features")
TRAINED.remove("token_readout")
TRAINED.remove("causal_pairs")
TRAINED = [name for name in TRAINED if not name.startswith(("readout_sum", "readout_m"))]


@pytest.mark.parametrize("name", TRAINED)
def test_a_gradient_reaches_every_weight(name):
    keras.utils.set_random_seed(2)
    example = EXAMPLES[name]
    layer = example.make()
    model, arrays = functional_model(layer, example)
    # A receiver's score has a gradient only where what it reads lies on both sides of the kink of
    # the leaky ReLU; in this draw it does for every example.
    rng = np.random.default_rng(6)
    for weight in model.trainable_weights:  # the same on every backend
        weight.assign(rng.normal(0, 0.5, weight.shape))  # wider, and the softmax saturates
    specs = _specs(layer, call_arguments(example))
    targets = [rng.normal(size=spec.shape) for spec in specs]
    before = [np.array(weight) for weight in model.trainable_weights]
    model.compile(keras.optimizers.SGD(1.0), ["mse"] * len(targets))
    for_one_step(model).train_on_batch(arrays, targets if len(targets) > 1 else targets[0])
    assert before
    for weight, old in zip(model.trainable_weights, before, strict=True):
        change = np.abs(keras.ops.convert_to_numpy(weight) - old).max()
        assert np.isfinite(change), weight.path
        if weight.path.endswith(example.without_gradient or ("/no weight",)):
            assert change < 1e-5, f"{weight.path} has a gradient: take it off the list"
        else:
            assert change > 1e-4, f"no gradient reaches {weight.path}"


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_half_types_are_finite(name, dtype):
    keras.utils.set_random_seed(4)
    example = EXAMPLES[name]
    config = example.make().get_config()
    config["dtype"] = dtype
    layer = type(example.make()).from_config(_with_policy(config, dtype))
    arguments = call_arguments(example)
    outputs = compiled(layer)(**arguments)
    outputs = outputs if isinstance(outputs, (tuple, list)) else [outputs]
    for output, spec in zip(outputs, _specs(layer, arguments), strict=True):
        assert keras.backend.standardize_dtype(output.dtype) == spec.dtype
        assert np.isfinite(results(output)[0]).all()


def _with_policy(config, dtype):
    """The config with the policy in nested layers, too."""
    for value in config.values():
        if isinstance(value, dict) and "config" in value and "dtype" in (value["config"] or {}):
            value["config"]["dtype"] = dtype
            _with_policy(value["config"], dtype)
    return config


def _specs(layer, arguments):
    specs = layer.compute_output_spec(**symbolic(arguments))
    return specs if isinstance(specs, tuple) else (specs,)


def test_unused_arguments_are_refused_by_name():
    inputs = EDGE_LAYERS["gcn"].inputs
    features, bias = inputs["node_features"], np.zeros((2, 31, 1), "float32")
    edges = {"senders": inputs["senders"], "receivers": inputs["receivers"]}
    with pytest.raises(ValueError, match="attention_bias must not be given to GraphConvolution"):
        layers.GraphConvolution(3)(features, edges, attention_bias=bias)
    with pytest.raises(ValueError, match="edge_features must not be given to GraphConvolution"):
        layers.GraphConvolution(3)(features, edges, bias)


@pytest.mark.parametrize("name", [n for n, e in EDGE_LAYERS.items() if "edge_features" in e.inputs])
def test_a_table_of_kinds_is_read_or_refused(name):
    layer, arguments = EDGE_LAYERS[name].make(), call_arguments(EDGE_LAYERS[name])
    pairs = arguments.pop("edge_features")
    table, kinds = pairs[:1, :4], np.arange(pairs[..., 0].size).reshape(pairs.shape[:2]) % 4
    by_kind = {"table": table, "kinds": kinds.astype("int32")}
    readers = "GraphAttention", "GraphIsomorphism", "MultiHeadAggregation"
    if type(layer).__name__ in (*readers, "PrincipalNeighbourhoodAggregation"):
        found = layer(**arguments, edge_features=by_kind)
        assert_close(found, layer(**arguments, edge_features=table[0][kinds]), 1e-6)
    else:
        with pytest.raises(ValueError, match="edge_features must be a tensor for"):
            layer(**arguments, edge_features=by_kind)


def test_a_call_inside_a_layer_keeps_the_types_of_the_inner_layer():
    inner = layers.FeedForward(3, dtype="float32")
    x = keras.ops.ones((1, 2, 4), "bfloat16")
    assert keras.backend.standardize_dtype(inner(x).dtype) == "float32"
    assert keras.backend.standardize_dtype(call_inside(inner, x).dtype) == "float32"
    wide = keras.ops.cast(x, "float32")
    assert_close(call_inside(inner, wide), inner(wide), 1e-6)
