"""One forward pass, or one forward and backward pass, of a Keras layer as `fit` runs it.

The default `compile` means: op by op on PyTorch, compiled on JAX, and on TensorFlow a graph
without XLA (on a CPU).
"""

import keras
import numpy as np


def layer_steps(layer, node_features, arguments):
    """Functions (forward, forward and backward) of layer(node_features, **arguments).

    The gradient is that of the sum of every result (a layer that updates edges has two) times a
    fixed array, for the node features and all weights of the layer.
    """
    tensors = keras.tree.map_structure(keras.ops.convert_to_tensor, arguments)
    features = keras.ops.convert_to_tensor(node_features)
    results = layer(features, **tensors)
    generator = np.random.default_rng(1)
    upstream = keras.tree.map_structure(
        lambda result: keras.ops.convert_to_tensor(
            generator.normal(size=tuple(result.shape)).astype("float32")
        ),
        results,
    )
    steps = {"jax": _jax, "tensorflow": _tensorflow, "torch": _torch}[keras.backend.backend()]
    return steps(layer, features, tensors, upstream)


def _torch(layer, features, tensors, upstream):
    import torch

    features = features.detach().requires_grad_(True)
    inputs = [features, *(variable.value for variable in layer.trainable_variables)]

    def forward():
        with torch.no_grad():
            layer(features, **tensors)

    def both():
        torch.autograd.grad(layer(features, **tensors), inputs, upstream)

    return forward, both


def _jax(layer, features, tensors, upstream):
    import jax

    weights = [variable.value for variable in layer.trainable_variables]
    others = [variable.value for variable in layer.non_trainable_variables]

    def apply(features, weights, tensors):
        return layer.stateless_call(weights, others, features, **tensors)[0]

    def pull(features, weights, tensors, upstream):
        value, gradient = jax.vjp(lambda x, w: apply(x, w, tensors), features, weights)
        return value, gradient(upstream)

    compiled, compiled_pull = jax.jit(apply), jax.jit(pull)

    def forward():
        jax.block_until_ready(compiled(features, weights, tensors))

    def both():
        jax.block_until_ready(compiled_pull(features, weights, tensors, upstream))

    return forward, both


def _tensorflow(layer, features, tensors, upstream):
    import tensorflow as tf

    @tf.function
    def forward(features, tensors):
        return layer(features, **tensors)

    @tf.function
    def both(features, tensors, upstream):
        with tf.GradientTape() as tape:
            tape.watch(features)
            value = layer(features, **tensors)
        inputs = [features, *(variable.value for variable in layer.trainable_variables)]
        return value, tape.gradient(value, inputs, output_gradients=upstream)

    return lambda: forward(features, tensors), lambda: both(features, tensors, upstream)


def torch_steps(module, *arguments):
    """Functions (forward, forward and backward) of a PyTorch module; the first input is watched.

    The gradient is that of the sum of every result times a fixed array.
    """
    import torch

    features = arguments[0].detach().requires_grad_(True)
    inputs = [features, *module.parameters()]
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        upstream = keras.tree.map_structure(
            lambda result: torch.randn(result.shape, generator=generator), module(*arguments)
        )

    def forward():
        with torch.no_grad():
            module(features, *arguments[1:])

    def both():
        torch.autograd.grad(module(features, *arguments[1:]), inputs, upstream, allow_unused=True)

    return forward, both
