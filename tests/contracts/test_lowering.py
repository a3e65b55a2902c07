"""Every layer lowers for accelerators that this machine need not have; only JAX can tell."""

import keras
import pytest

from keras_gt.testing.layer_function import dense_pairs
from tests.layers.examples import EDGE_LAYERS, OTHER_LAYERS, call_arguments
from tests.layers.functional import symbolic

if keras.backend.backend() == "jax":
    import jax

    def lower(function, arguments):
        exported = jax.export.export(jax.jit(function), platforms=["tpu", "cuda"])(arguments)
        assert exported.platforms == ("tpu", "cuda")

    def dense_arguments(example):
        inputs, arguments = example.inputs, call_arguments(example)
        arguments["edges"] = dense_pairs(inputs, inputs["edge_mask"])
        if "edge_features" in arguments:
            arguments["edge_features"] = dense_pairs(inputs, inputs["edge_features"])
        return arguments

    @pytest.mark.parametrize("name", EDGE_LAYERS)
    def test_layers_that_read_edges_lower(name):
        """With a plan and its gradient in training, without a plan, and dense."""
        example = EDGE_LAYERS[name]
        layer, planned = example.make(), call_arguments(example)
        layer(**symbolic(planned))  # builds it
        kept = ("senders", "receivers", "mask", "weights")
        lists = {key: value for key, value in planned["edges"].items() if key in kept}

        def loss(features, arguments):
            with keras.StatelessScope():  # training moves the statistics of batch norms
                result = layer(**{**arguments, "node_features": features}, training=True)
            return sum((part**2).sum() for part in jax.tree.leaves(result))

        def function(forms):
            planned, lists, dense = forms
            gradient = jax.grad(loss)(planned["node_features"], planned)
            return gradient, layer(**lists), layer(**dense)

        lower(function, (planned, {**planned, "edges": lists}, dense_arguments(example)))

    @pytest.mark.parametrize("name", OTHER_LAYERS)
    def test_other_layers_lower(name):
        example = OTHER_LAYERS[name]
        layer, arguments = example.make(), call_arguments(example)
        layer(**symbolic(arguments))  # builds it
        lower(lambda given: layer(**given), arguments)

else:

    def test_only_jax_lowers_without_the_device():
        assert keras.backend.backend() in ("tensorflow", "torch")
