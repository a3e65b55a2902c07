import keras
import numpy as np
import pytest

from keras_gt.layers import CategoricalEmbedding
from keras_gt.testing import assert_close
from tests.layers.compiled import compiled


def test_columns_are_added_and_unknown_categories_add_nothing():
    keras.utils.set_random_seed(0)
    layer = CategoricalEmbedding([3, 5], 4)
    layer.build((1, 3, 2))
    table = keras.ops.convert_to_numpy(layer.table)
    categories = np.array([[[0, 4], [2, -1], [-1, -1]]], "int32")
    expected = np.stack([table[0] + table[3 + 4], table[2], np.zeros(4)])
    assert_close(keras.ops.convert_to_numpy(compiled(layer)(categories))[0], expected)


@pytest.mark.parametrize("shape", [(2, 7), (2, 7, 1), (2, 7, 7)])
def test_a_single_column_may_leave_its_axis_out(shape):
    """Nodes (B, N) or (B, N, 1), dense edges (B, N, N)."""
    layer = CategoricalEmbedding([5], 4)
    categories = np.ones(shape, "int32")
    expected = (2, 7, 7, 4) if shape == (2, 7, 7) else (2, 7, 4)
    spec = keras.KerasTensor(shape, dtype="int32")
    assert layer.compute_output_spec(spec).shape == expected
    assert tuple(compiled(layer)(categories).shape) == expected


def test_a_category_that_repeats_trains_as_one_row():
    """Adam squares the sum of its gradients, not each of them."""
    inputs = keras.Input((None,), dtype="int32")
    layer = CategoricalEmbedding([3], 1)
    model = keras.Model(inputs, layer(inputs))
    model.compile(keras.optimizers.Adam(0.1), "mse")
    layer.table.assign(np.zeros((3, 1)))
    targets = np.array([[1.0, 2.0, -1.0]])
    value, first, second = 0.0, 0.0, 0.0
    for step in range(1, 4):
        model.train_on_batch(np.array([[1, 1, 1]], "int32"), targets[..., None])
        gradient = np.mean(2 * (value - targets))
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        update = first / (1 - 0.9**step) / (np.sqrt(second / (1 - 0.999**step)) + 1e-7)
        value -= 0.1 * update
    expected = np.array([[0.0], [value], [0.0]])
    assert_close(keras.ops.convert_to_numpy(layer.table), expected, 1e-4)


@pytest.mark.parametrize("shape", [(2, 7, 2), (2, 3, 4, 2)])
def test_by_kind_each_entry_s_row_of_the_table_is_its_vector(shape):
    layer = CategoricalEmbedding([3, 5], 4)
    layer.build(shape)
    categories = np.random.default_rng(0).integers(-1, [3, 5], shape).astype("int32")
    expected = keras.ops.convert_to_numpy(compiled(layer)(categories))
    found = compiled(layer, by_kind=True)(categories)
    table, kinds = (keras.ops.convert_to_numpy(found[key]) for key in ("table", "kinds"))
    assert_close(table[0][kinds], expected, 1e-6)
    spec = layer.compute_output_spec(keras.KerasTensor(shape, dtype="int32"), by_kind=True)
    assert spec["table"].shape == table.shape == (1, layer.num_kinds, 4) == (1, 24, 4)
    assert spec["kinds"].shape == kinds.shape == shape[:-1]


def test_errors():
    with pytest.raises(ValueError, match="sizes must be a positive integer"):
        CategoricalEmbedding([3, 0], 4)
    with pytest.raises(ValueError, match="categories must have one column for each of sizes"):
        CategoricalEmbedding([3, 5], 4).build((1, 3, 3))


def test_a_category_that_many_nodes_share_takes_one_step():
    """Adam's first step is the learning rate, however many nodes pull at a row."""
    layer = CategoricalEmbedding([3], 1)
    categories = keras.Input((None,), dtype="int32")
    model = keras.Model(categories, layer(categories))
    before = keras.ops.convert_to_numpy(layer.table).copy()
    model.compile(keras.optimizers.Adam(0.1), "mse")
    model.train_on_batch(np.array([[0, 0, 0, 0, 1]], "int32"), np.full((1, 5, 1), 9.0))
    steps = keras.ops.convert_to_numpy(layer.table) - before
    np.testing.assert_allclose(steps[:, 0], [0.1, 0.1, 0.0], atol=1e-5)
