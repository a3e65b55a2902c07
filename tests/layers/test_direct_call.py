"""Layers are called without Keras' checks where these have no use, and nowhere else."""

import keras
import numpy as np
import pytest

from keras_gt.layers import CategoricalEmbedding, FeedForward, GraphIsomorphism, GraphLayer
from keras_gt.layers import MaskedBatchNormalization as Norm

NODES = np.random.default_rng(0).normal(size=(1, 4, 3)).astype("float32")
MASK = keras.ops.convert_to_tensor(np.array([[True, True, True, False]]))
EDGES = {
    name: keras.ops.convert_to_tensor(np.array([ends], "int32"))
    for name, ends in (("senders", [0, 1, 2]), ("receivers", [1, 2, 2]))
}
ON_TORCH = keras.backend.backend() == "torch"


@pytest.fixture
def checked(monkeypatch):
    """The names of the layers that are called by Keras' own `__call__`, as a list."""
    names, original = [], keras.layers.Layer.__call__

    def call(self, *args, **kwargs):
        names.append(self.name)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(keras.layers.Layer, "__call__", call)
    return names


def built(layer, x=NODES, **arguments):
    layer(x, **arguments)
    return layer


def nodes():
    return keras.ops.convert_to_tensor(NODES)


def test_results_are_those_of_keras_call(checked):
    layer = built(GraphIsomorphism(FeedForward(5, normalization="batch")), edges=EDGES)
    moving = layer.feed_forward.norm.get_weights()
    results, states = [], []
    for x in (NODES, nodes()):  # an array is converted, a tensor taken as it is
        layer.feed_forward.norm.set_weights(moving)
        checked.clear()
        result = layer(x, EDGES, node_mask=MASK, training=True)
        assert (layer.name in checked) == (x is NODES or not ON_TORCH)
        results.append(keras.ops.convert_to_numpy(result))
        states.append(layer.feed_forward.norm.get_weights())
    np.testing.assert_array_equal(*results)
    for first, second in zip(*states, strict=True):
        np.testing.assert_array_equal(first, second)


def test_a_given_mask_stays_with_the_result():
    for x in (NODES, nodes()):
        mask = built(Norm())(x, mask=MASK, training=True)._keras_mask
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(mask), [[1, 1, 1, 0]])


def test_a_layer_without_an_argument_for_training(checked):
    layer = built(CategoricalEmbedding([3], 2), np.zeros((1, 4), "int32"))
    categories = keras.Input((4,), dtype="int32")
    model = keras.Model(categories, layer(categories))
    checked.clear()
    assert model(np.zeros((1, 4), "int32"), training=True).shape == (1, 4, 2)
    assert checked == ([model.name] if ON_TORCH else [model.name, layer.name])


def with_mask():
    x = nodes()
    x._keras_mask = MASK
    return x


def half_nodes():
    return keras.ops.cast(nodes(), "float16")


@pytest.mark.parametrize(
    ("make", "arguments"),
    [
        (lambda: built(Norm()), {}),  # whether it trains is the model's to say
        (Norm, {"training": True}),  # not built
        (lambda: built(Norm(dtype="mixed_bfloat16")), {"training": True}),
        (lambda: built(Norm(dtype="bfloat16")), {"training": True}),
        (lambda: built(Norm(activity_regularizer="l2")), {"training": True}),
        (lambda: built(Norm()), {"training": True, "inputs": with_mask}),
        (lambda: built(Norm()), {"training": True, "inputs": half_nodes}),
        (lambda: built(Norm()), {"training": True, "inputs": lambda: NODES}),
    ],
)
def test_whatever_needs_a_look_gets_it(checked, make, arguments):
    layer = make()
    checked.clear()
    arguments = {"inputs": nodes, **arguments}
    layer(arguments.pop("inputs")(), **arguments)
    assert checked == [layer.name]


class _Penalised(GraphLayer):
    def call(self, node_features, training=None):
        self.add_loss(keras.ops.sum(node_features))
        return node_features


def test_losses_are_those_of_the_last_call():
    layer = built(_Penalised(), training=True)
    for _ in range(3):
        layer(nodes(), training=True)
        assert len(layer.losses) == 1


class _Mixed(keras.layers.Layer):
    """A float32 layer inside one that casts weights to bfloat16."""

    def __init__(self):
        super().__init__(dtype="mixed_bfloat16")
        self.inner = built(FeedForward(2, dtype="float32"))

    def call(self, x):
        return self.inner(nodes(), training=True)


def test_weights_that_a_layer_around_casts(checked):
    outer = _Mixed()
    expected = keras.ops.convert_to_numpy(outer.inner(NODES, training=True))
    checked.clear()
    result = outer(NODES)
    assert outer.inner.name in checked
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(result), expected)


if ON_TORCH:

    def test_hooks_are_called(checked):
        layer, seen = built(Norm()), []
        checked.clear()
        handle = layer.register_forward_hook(lambda *arguments: seen.append(1))
        layer(nodes(), training=True)
        assert seen and checked == [layer.name]
        handle.remove()
        layer(nodes(), training=True)
        assert len(seen) == len(checked) == 1

    def test_memory_is_given_back_where_asked(checked):
        with keras.RematScope(mode="full"):
            layer = built(Norm())
        checked.clear()
        layer(nodes(), training=True)
        assert checked == [layer.name]
