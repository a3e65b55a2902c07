"""The steps of a functional model give what Keras' own run through its graph gives."""

import collections

import keras
import numpy as np
import pytest

from keras_gt.models.steps import prepared_steps

Ends = collections.namedtuple("Ends", ["first", "second"])


class _Mix(keras.layers.Layer):
    """Takes whatever a call may hold, and gives several results."""

    def call(self, x, parts=None, factor=1.0, training=None):
        flat = [part for part in keras.tree.flatten(parts) if part is not None]
        total = x * factor + sum(flat) + (10.0 if training else 0.0)
        return {"total": total, "rest": (flat[0], x)}

    def compute_output_spec(self, x, parts=None, factor=1.0, training=None):
        total, first, second = (keras.KerasTensor(x.shape, dtype=x.dtype) for _ in range(3))
        return {"total": total, "rest": (first, second)}


def make(parts_of):
    x, y = keras.Input((3,), name="x"), keras.Input((3,), name="y")
    result = _Mix()(x, parts=parts_of(x, y), factor=2.0)
    total = keras.ops.relu(result["total"] - 1.0) + result["rest"][0]
    return keras.Model({"x": x, "y": y}, {"total": total, "both": [total, result["total"]]})


PARTS = {
    "dictionary": lambda x, y: {"a": y, "b": {"c": x, "d": None}},
    "list": lambda x, y: [y, (x, y)],
    "named tuple": lambda x, y: Ends(y, x),
}
X = np.array([[-1.0, 0.0, 2.0]], "float32")
Y = np.array([[0.5, 1.0, -3.0]], "float32")


@pytest.mark.parametrize("parts", PARTS)
def test_any_arguments(parts):
    model = make(PARTS[parts])
    given = [keras.ops.convert_to_tensor(array) for array in (X, Y)]
    for training in (False, True):
        expected = model(dict(zip("xy", given, strict=True)), training=training)

        def in_place(operation, training=training):
            if not isinstance(operation, _Mix):
                return operation
            return lambda *args, **kwargs: operation(*args, **kwargs, training=training)

        results = prepared_steps(model)(given, in_place)
        keras.tree.assert_same_structure(results, expected)
        for ours, theirs in zip(*map(keras.tree.flatten, (results, expected)), strict=True):
            np.testing.assert_array_equal(*map(keras.ops.convert_to_numpy, (ours, theirs)))


def test_symbols():
    model = make(PARTS["dictionary"])
    symbols = [keras.KerasTensor((7, 3)), keras.KerasTensor((7, 3))]
    result = prepared_steps(model)(symbols, lambda operation: operation.compute_output_spec)
    assert result["both"][1].shape == (7, 3)


def test_steps_that_other_inputs_need_are_left_out():
    x = keras.Input((3,))
    middle = keras.layers.Dense(2)(x)
    part = keras.Model(middle, keras.layers.ReLU()(middle))
    seen = []
    prepared_steps(part)([keras.ops.ones((1, 2))], lambda layer: seen.append(layer) or layer)
    assert [type(layer) for layer in seen] == [keras.layers.ReLU]


def with_mask(x):
    x = keras.ops.copy(x)
    x._keras_mask = keras.ops.convert_to_tensor([[True, False]])
    return x


@pytest.mark.parametrize(
    ("options", "change", "is_called"),
    [
        ({}, lambda x: x, keras.backend.backend() != "torch"),
        ({}, with_mask, True),
        ({"activation": "relu"}, lambda x: x, True),
        ({"dtype": "bfloat16"}, lambda x: x, True),
    ],
)
def test_dense_layers_multiply_and_add_without_a_call(options, change, is_called):
    x = keras.Input((2, 3))
    layer = keras.layers.Dense(4, **options)
    model = keras.Model(x, layer(x))
    given = change(keras.ops.ones((1, 2, 3)))
    called = []
    result = prepared_steps(model)([given], lambda step: called.append(step) or step)
    assert called == [layer] * is_called
    np.testing.assert_array_equal(*map(keras.ops.convert_to_numpy, (result, layer(given))))
