import re

import keras
import numpy as np
import pytest
from keras import ops

from keras_gt.layers import FeedForward, MultiHeadAggregation, TransformerGraphBlock
from keras_gt.ops import gather_rows, made_once, segment_sum
from tests.ops.backend_gradients import value_and_gradients


@pytest.mark.parametrize("shape", [(3,), (0, 4), (128, 2, 64), (20_000,)])
def test_what_is_made_once_is_the_tensor_itself(shape):
    x, upstream = (np.random.default_rng(i).normal(size=shape).astype("float32") for i in (0, 1))
    if x.size:
        x.flat[0] = np.nan
    value, gradients = value_and_gradients(lambda x: made_once(x) * 2, {"x": x}, upstream)
    np.testing.assert_array_equal(value, x * 2)
    np.testing.assert_array_equal(gradients["x"], upstream * 2)


@pytest.mark.parametrize("first", [0.5, np.nan, np.inf])
def test_a_row_goes_to_its_segment_alone_whatever_it_holds(first):
    rows = np.arange(1, 13, dtype="float32").reshape(4, 3)
    rows[0, 0] = first
    ids = ops.array([2, 0, 2, 0])

    def total(rows):
        return segment_sum(rows, ids, 4)

    def read(x):
        return gather_rows(x, ids)

    expected = np.stack([rows[1] + rows[3], 0 * rows[1], rows[0] + rows[2], 0 * rows[1]])
    weights = np.ones_like(expected)
    value, gradients = value_and_gradients(total, {"rows": rows}, weights)
    np.testing.assert_array_equal(value, expected)
    np.testing.assert_array_equal(gradients["rows"], np.ones_like(rows))
    value, gradients = value_and_gradients(read, {"x": weights}, rows)
    np.testing.assert_array_equal(value, np.ones_like(rows))
    np.testing.assert_array_equal(gradients["x"], expected)


def _operations(depth, residual, norm):
    """Floating-point operations of a compiled forward and backward pass through a few blocks."""
    import jax

    x = np.zeros((1, 2048, 8), "float32")
    end = np.arange(2048, dtype="int32")[None]
    edges = {"senders": end, "receivers": np.roll(end, 1)}
    blocks = [
        TransformerGraphBlock(
            MultiHeadAggregation(1, 8), FeedForward(8), normalization=norm, residual=residual
        )
        for _ in range(depth)
    ]
    for block in blocks:
        block.build(x.shape)
    mask = np.arange(2048)[None] < 2000
    variables = [variable for block in blocks for variable in block.variables]

    def loss(values, x):
        with keras.StatelessScope(zip(variables, values, strict=True)):
            for block in blocks:
                x = block(x, edges, node_mask=mask, training=True)
        return ops.sum(ops.square(x))

    values = [variable.value for variable in variables]
    program = jax.jit(jax.grad(loss, argnums=(0, 1))).lower(values, x).compile()
    return program.cost_analysis()["flops"]


if keras.backend.backend() == "jax":  # the others run step by step, or do not count

    @pytest.mark.parametrize(("residual", "norm"), [("post", "batch"), ("pre", "layer")])
    def test_work_of_a_step_grows_with_the_blocks_and_not_with_their_square(residual, norm):
        few, many = (_operations(depth, residual, norm) for depth in (2, 8))
        assert many < 4.2 * few

    def test_sums_of_several_layers_copy_neither_rows_nor_zeros():
        import jax

        ids = np.arange(512, dtype="int32") // 2

        def loss(rows):  # (1, 512, 8)
            for _ in range(4):
                total = segment_sum(ops.reshape(ops.sin(rows), (512, 8)), ids, 256)
                rows = rows + ops.reshape(gather_rows(total, ids), (1, 512, 8))
            return ops.sum(ops.square(rows))

        program = jax.jit(jax.grad(loss)).lower(np.ones((1, 512, 8), "float32")).compile()
        copies = re.findall(r"f32\[(?:512|256)\S* copy\(", program.as_text())
        assert not copies
