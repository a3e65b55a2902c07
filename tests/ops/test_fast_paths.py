"""The backends' fast paths against the specification, forward and every gradient."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_gt.ops import linears
from keras_gt.ops._backend import generic, native
from tests.layers.compiled import compiled
from tests.ops.backend_gradients import tensor_of, to_numpy, value_and_gradients

HEADS, SIZE, VALUE_SIZE, SLOPE = 3, 5, 7, 0.2
GRAPHS = {
    # receivers, senders, edges, share of masked edges
    "square": (11, 11, 40, 0.2),
    "bipartite": (13, 6, 50, 0.2),
    "unmasked": (11, 17, 40, None),
    "all real": (11, 11, 40, 0.0),
    "nothing real": (5, 7, 12, 1.0),
    "one node": (1, 1, 1, 0.0),
    "no edges": (4, 3, 0, 0.0),
}


def make_plan(receivers, senders, num_receivers, num_senders, mask):
    """The plan of flat, receiver-sorted edges, as tensors."""
    order = np.argsort(senders, kind="stable")
    return {
        "senders": tensor_of(senders.astype("int32")),
        "receivers": tensor_of(receivers.astype("int32")),
        "mask": None if mask is None else tensor_of(mask),
        "receiver_offsets": offsets(receivers, num_receivers),
        "sender_offsets": offsets(senders[order], num_senders),
        "sender_order": tensor_of(order.astype("int32")),
    }


def offsets(sorted_index, count):
    return tensor_of(np.searchsorted(sorted_index, np.arange(count + 1)).astype("int32"))


def random_plan(name, seed=0):
    num_receivers, num_senders, num_edges, masked = GRAPHS[name]
    generator = np.random.default_rng(seed)
    # half of the receivers read nobody
    receivers = np.sort(generator.integers(0, num_receivers, num_edges) // 2 * 2 % num_receivers)
    senders = generator.integers(0, num_senders, num_edges)
    mask = None if masked is None else generator.random(num_edges) >= masked
    plan = make_plan(receivers, senders, num_receivers, num_senders, mask)
    return plan, (num_receivers, num_senders, num_edges)


def attention_arrays(kind, counts, bias, seed=1, dtype="float32"):
    num_receivers, num_senders, num_edges = counts
    normal = np.random.default_rng(seed).normal
    if kind == "dot":
        arrays = {
            "query": normal(size=(num_receivers, HEADS, SIZE)),
            "key": normal(size=(num_senders, HEADS, SIZE)),
        }
    else:
        arrays = {
            "receiver_logits": normal(size=(num_receivers, HEADS)),
            "sender_logits": normal(size=(num_senders, HEADS)),
        }
    arrays["value"] = normal(size=(num_senders, HEADS, VALUE_SIZE))
    if bias:
        arrays["bias"] = normal(size=(num_edges, HEADS))
    return {name: array.astype(dtype) for name, array in arrays.items()}


def attention_of(module, kind, plan, factor):
    name = f"{kind}_attention"
    function = native(name) if module == "native" else getattr(generic, name)
    last = () if kind == "dot" else (SLOPE,)

    def call(bias=None, **arrays):
        return function(*arrays.values(), bias, factor, plan, *last)

    return call


def dropout_factor(num_edges, seed=2):
    keep = np.random.default_rng(seed).random((num_edges, HEADS)) >= 0.4
    return tensor_of((keep / 0.6).astype("float32"))


def assert_close(actual, expected, tolerance):
    for array, reference in zip(actual, expected, strict=True):
        assert array.shape == reference.shape
        scale = max(1.0, np.max(np.abs(reference), initial=0))
        np.testing.assert_allclose(array, reference, rtol=0, atol=tolerance * scale)


def flatten(value, gradients):
    return [value, *gradients.values()]


def compare(kind, plan, counts, *, bias, dropout, compiled=True, tolerance=2e-6):
    factor = dropout_factor(counts[2]) if dropout else None
    arrays = attention_arrays(kind, counts, bias)
    shape = (counts[0], HEADS, VALUE_SIZE)
    upstream = np.random.default_rng(3).normal(size=shape).astype("float32")
    fast, slow = (
        value_and_gradients(attention_of(module, kind, plan, factor), arrays, upstream, compiled)
        for module in ("native", "generic")
    )
    assert_close(flatten(*fast), flatten(*slow), tolerance)
    return fast


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("graph", GRAPHS)
@pytest.mark.parametrize("kind", ["dot", "additive"])
def test_attention_equals_the_specification(kind, graph, bias):
    plan, counts = random_plan(graph)
    value, gradients = compare(kind, plan, counts, bias=bias, dropout=not bias)
    real = np.ones(counts[2], bool) if plan["mask"] is None else to_numpy(plan["mask"])
    reads = np.bincount(to_numpy(plan["receivers"])[real], minlength=counts[0]) > 0
    assert np.all(value[~reads] == 0)
    if bias:
        assert np.all(gradients["bias"][~real] == 0)


def test_attention_equals_the_specification_in_eager_mode():
    plan, counts = random_plan("square")
    compare("additive", plan, counts, bias=True, dropout=True, compiled=False)


@pytest.mark.parametrize("num_edges", [50_000, 120_000])  # several runs and chunks everywhere
@pytest.mark.parametrize("kind", ["dot", "additive"])
def test_large_graphs_equal_the_specification(kind, num_edges):
    generator = np.random.default_rng(0)
    num_nodes = 3000
    receivers = np.sort(np.minimum(generator.geometric(0.002, num_edges) - 1, num_nodes - 1))
    senders = generator.integers(0, num_nodes, num_edges)
    plan = make_plan(receivers, senders, num_nodes, num_nodes, generator.random(num_edges) > 0.1)
    compare(kind, plan, (num_nodes, num_nodes, num_edges), bias=True, dropout=True)


@pytest.mark.parametrize("kind", ["dot", "additive"])
def test_one_receiver_may_have_more_edges_than_a_run(kind):
    generator = np.random.default_rng(0)
    num_edges = 70_000
    receivers = np.concatenate([np.full(num_edges - 10, 1), np.full(10, 3)])
    plan = make_plan(receivers, generator.integers(0, 9, num_edges), 5, 9, None)
    # float32 sums of 70,000 terms, in another order
    compare(kind, plan, (5, 9, num_edges), bias=False, dropout=False, tolerance=1e-3)


@pytest.mark.parametrize("kind", ["dot", "additive"])
def test_extreme_scores_neither_overflow_nor_vanish(kind):
    plan, counts = random_plan("square")
    arrays = attention_arrays(kind, counts, bias=True)
    arrays["bias"] = arrays["bias"] * 1e4
    upstream = np.ones((counts[0], HEADS, VALUE_SIZE), "float32")
    fast, slow = (
        value_and_gradients(attention_of(module, kind, plan, None), arrays, upstream)
        for module in ("native", "generic")
    )
    assert_close(flatten(*fast), flatten(*slow), 1e-5)
    assert np.all(np.isfinite(fast[0])) and np.any(fast[0] != 0)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
@pytest.mark.parametrize("kind", ["dot", "additive"])
def test_half_types_accumulate_in_float32(kind, dtype):
    num_edges = 4096  # a bfloat16 sum of ones stops at 256
    plan = make_plan(np.zeros(num_edges, int), np.arange(num_edges), 1, num_edges, None)
    arrays = attention_arrays(kind, (1, num_edges, num_edges), bias=True)
    arrays = {name: ops.cast(array, dtype) for name, array in arrays.items()}

    def both(**arrays):
        wide = {name: ops.cast(array, "float32") for name, array in arrays.items()}
        out = attention_of("native", kind, plan, None)(**arrays)
        return out, attention_of("generic", kind, plan, None)(**wide)

    out, expected = compiled(both)(**arrays)
    assert keras.backend.standardize_dtype(out.dtype) == dtype
    assert_close([to_numpy(out)], [to_numpy(expected)], 1e-2)


def numpy_attention(kind, arrays, factor, plan):
    """Float64 loops written from the formulas, and central differences by the caller."""
    receivers, senders = (to_numpy(plan[key]) for key in ("receivers", "senders"))
    mask = np.ones(len(senders), bool) if plan["mask"] is None else to_numpy(plan["mask"])
    first, second, value = list(arrays.values())[:3]
    out = np.zeros((first.shape[0], HEADS, VALUE_SIZE))
    for i in range(first.shape[0]):
        edges = np.flatnonzero((receivers == i) & mask)
        for head in range(HEADS):
            scores = []
            for edge in edges:
                j = senders[edge]
                bias = arrays["bias"][edge, head]
                if kind == "dot":
                    scores.append(first[i, head] @ second[j, head] + bias)
                else:
                    logit = first[i, head] + second[j, head] + bias
                    scores.append(logit if logit > 0 else SLOPE * logit)
            if scores:
                weights = np.exp(np.array(scores) - max(scores))
                weights = weights / weights.sum() * factor[edges, head]
                out[i, head] = weights @ value[senders[edges], head]
    return out


@pytest.mark.parametrize("kind", ["dot", "additive"])
def test_attention_equals_float64_loops(kind):
    plan, counts = random_plan("bipartite")
    factor = dropout_factor(counts[2])
    arrays = attention_arrays(kind, counts, bias=True)
    generator = np.random.default_rng(5)
    upstream = generator.normal(size=(counts[0], HEADS, VALUE_SIZE)).astype("float32")
    value, gradients = value_and_gradients(
        attention_of("native", kind, plan, factor), arrays, upstream
    )
    wide = {name: array.astype("float64") for name, array in arrays.items()}

    def loops(**changed):
        return numpy_attention(kind, {**wide, **changed}, to_numpy(factor), plan)

    np.testing.assert_allclose(value, loops(), atol=2e-6)
    for name, array in wide.items():
        direction = generator.normal(size=array.shape)
        step = 1e-6 * direction
        plus, minus = loops(**{name: array + step}), loops(**{name: array - step})
        slope = np.sum((plus - minus) * upstream) / 2e-6
        np.testing.assert_allclose(np.sum(gradients[name] * direction), slope, atol=1e-3, rtol=1e-4)


def weighted_sum_of(module, plan, num_receivers):
    function = native("weighted_sum") if module == "native" else generic.weighted_sum

    def call(value, weights=None):
        return function(value, weights, plan, num_receivers)

    return call


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("graph", ["square", "bipartite", "unmasked", "one node", "no edges"])
def test_weighted_sum_equals_the_specification(graph, weighted):
    plan, (num_receivers, num_senders, num_edges) = random_plan(graph)
    normal = np.random.default_rng(1).normal
    arrays = {"value": normal(size=(num_senders, SIZE)).astype("float32")}
    if weighted:
        arrays["weights"] = normal(size=num_edges).astype("float32")
    upstream = normal(size=(num_receivers, SIZE)).astype("float32")
    fast, slow = (
        value_and_gradients(weighted_sum_of(module, plan, num_receivers), arrays, upstream)
        for module in ("native", "generic")
    )
    assert_close(flatten(*fast), flatten(*slow), 2e-6)


@pytest.mark.parametrize("graph", ["square", "bipartite", "nothing real", "no edges"])
def test_rectified_sums_equal_the_specification(graph):
    plan, (num_receivers, num_senders, num_edges) = random_plan(graph)
    normal = np.random.default_rng(1).normal
    arrays = {
        "value": normal(size=(num_senders, SIZE)).astype("float32"),
        "pairs": normal(size=(num_edges, SIZE)).astype("float32"),
    }
    if plan["mask"] is not None:
        arrays["pairs"][~to_numpy(plan["mask"])] = np.nan  # whatever they hold
    upstream = normal(size=(num_receivers, SIZE)).astype("float32")
    fast, slow = (
        value_and_gradients(
            lambda value, pairs, sums=sums: sums(value, pairs, plan, num_receivers),
            arrays,
            upstream,
        )
        for sums in (native("rectified_sum"), generic.rectified_sum)
    )
    assert_close(flatten(*fast), flatten(*slow), 2e-6)


def test_rectified_sums_of_given_pairs_have_the_same_gradient_of_the_values():
    plan, (num_receivers, num_senders, num_edges) = random_plan("square")
    pairs = np.random.default_rng(2).normal(size=(num_edges, SIZE)).astype("float32")
    assert_equals_specification(
        "rectified_sum",
        {"value": (num_senders, SIZE)},
        lambda f, value: f(value, tensor_of(pairs), plan, num_receivers),
        (num_receivers, SIZE),
    )


@pytest.mark.parametrize("graph", ["square", "one node"])
def test_rectified_sums_beside_the_own_value_equal_the_specification(graph):
    plan, (num_receivers, num_senders, num_edges) = random_plan(graph)
    assert_equals_specification(
        "rectified_sum",
        {"value": (num_senders, SIZE), "pairs": (num_edges, SIZE)},
        lambda f, value, pairs: f(value, pairs, plan, num_receivers, own=True),
        (num_receivers, SIZE),
    )


@pytest.mark.parametrize("name", ["rectified_sum", "statistics"])
def test_messages_of_many_edges_equal_the_specification(name):
    generator = np.random.default_rng(0)
    num_nodes, num_edges, width = 300, 2**19 // 7 + 5000, 7  # more than two chunks
    receivers = np.sort(generator.integers(0, num_nodes, num_edges))
    senders = generator.integers(0, num_nodes, num_edges)
    mask = generator.random(num_edges) > 0.1
    plan = make_plan(receivers, senders, num_nodes, num_nodes, mask)
    arrays = {
        "value": generator.normal(size=(num_nodes, width)).astype("float32"),
        "pairs": generator.normal(size=(num_edges, width)).astype("float32"),
    }
    arrays["pairs"][~mask] = np.nan  # whatever they hold
    columns = width if name == "rectified_sum" else 4 * width
    upstream = generator.normal(size=(num_nodes, columns)).astype("float32")

    def call_of(function):
        def call(value, pairs):
            result = function(value, pairs, plan, num_nodes)
            return ops.concatenate(result, axis=-1) if isinstance(result, tuple) else result

        return call

    fast, slow = (
        value_and_gradients(call_of(function), arrays, upstream)
        for function in (native(name), getattr(generic, name))
    )
    assert_close(flatten(*fast), flatten(*slow), 2e-5)


@pytest.mark.parametrize(
    ("graph", "with_pairs"),
    [("square", True), ("bipartite", False), ("nothing real", True), ("no edges", False)],
)
def test_statistics_equal_the_specification(graph, with_pairs):
    plan, (num_receivers, num_senders, num_edges) = random_plan(graph)
    generator = np.random.default_rng(1)
    # few values, so that extremes are met several times
    arrays = {"value": generator.integers(-2, 3, (num_senders, SIZE)).astype("float32")}
    if with_pairs:
        arrays["pairs"] = generator.integers(0, 2, (num_edges, SIZE)).astype("float32")
    upstream = generator.normal(size=(num_receivers, 4 * SIZE)).astype("float32")

    def statistics_of(function):
        def call(value, pairs=None):
            return ops.concatenate(function(value, pairs, plan, num_receivers), axis=-1)

        return call

    fast, slow = (
        value_and_gradients(statistics_of(function), arrays, upstream)
        for function in (native("statistics"), generic.statistics)
    )
    assert_close(flatten(*fast), flatten(*slow), 2e-6)


def assert_equals_specification(name, shapes, call, upstream_shape):
    """The native function and the generic one, as `call` uses them: values and gradients."""
    normal = np.random.default_rng(1).normal
    arrays = {key: normal(size=shape).astype("float32") for key, shape in shapes.items()}
    upstream = normal(size=upstream_shape).astype("float32")
    fast, slow = (
        value_and_gradients(lambda f=f, **tensors: call(f, **tensors), arrays, upstream)
        for f in (native(name), getattr(generic, name))
    )
    assert_close(flatten(*fast), flatten(*slow), 2e-6)


def test_unit_rows_equal_the_specification():
    scale = np.ones((2, 5, 1), "float32")
    scale[0, :2, 0] = 0, 1e-5  # shorter than the smallest norm
    assert_equals_specification(
        "unit_rows",
        {"x": (2, 5, 7)},
        lambda f, x: f(x * tensor_of(scale), 1e-6),
        (2, 5, 7),
    )


@pytest.mark.parametrize("widths", [(7,), (7, 2), (2, 1), (5, 140)])
def test_products_of_the_same_rows_equal_the_specification(widths):
    def call(function, x, bias, **kernels):
        biases = [bias, *[None] * (len(widths) - 1)]
        return ops.concatenate(function(x, list(kernels.values()), biases), axis=-1)

    shapes = {"x": (4, 5, 3), "bias": widths[:1]}
    shapes |= {f"kernel_{i}": (3, width) for i, width in enumerate(widths)}
    assert_equals_specification("linears", shapes, call, (4, 5, sum(widths)))


@pytest.mark.parametrize("given", [(0, 1), (), (1,)], ids=["biases", "no bias", "one bias"])
def test_narrow_products_equal_those_made_apart(given):
    generator = np.random.default_rng(0)
    x, first, second = (
        generator.normal(size=shape).astype("float32") for shape in ((2, 5, 9), (9, 1), (9, 3))
    )
    biases = [generator.normal(size=size).astype("float32") for size in (1, 3)]
    biases = [bias if i in given else None for i, bias in enumerate(biases)]
    tensors = [None if bias is None else tensor_of(bias) for bias in biases]
    results = linears(tensor_of(x), [tensor_of(first), tensor_of(second)], tensors)
    for result, kernel, bias in zip(results, (first, second), biases, strict=True):
        assert_close(to_numpy(result), x @ kernel + (0 if bias is None else bias), 1e-6)


@pytest.mark.parametrize("has_bias", [True, False])
def test_layers_with_a_relu_between_them_equal_the_specification(has_bias):
    def call(function, x, first, second, first_bias, second_bias):
        biases = [first_bias, second_bias] if has_bias else [None, None]
        return function(x, [first, second], biases)

    shapes = {"x": (4, 5, 3), "first": (3, 7), "second": (7, 2)}
    shapes |= {"first_bias": (7,), "second_bias": (2,)}
    assert_equals_specification("rectified_layers", shapes, call, (4, 5, 2))


@pytest.mark.parametrize("real", [[1] * 6, [1, 1, 1, 1, 0, 0], [0, 1, 0, 1, 1, 0], None])
def test_batch_norm_equals_the_specification(real):
    mask = None if real is None else tensor_of(np.array(real, bool))

    def call(function, x, scale, offset):
        result, mean, variance = function(x, mask, scale, offset, 1e-3)
        return ops.concatenate([result, ops.stop_gradient(ops.stack([mean, variance]))])

    shapes = {"x": (6, 3), "scale": (3,), "offset": (3,)}
    assert_equals_specification("batch_norm", shapes, call, (8, 3))


def test_batch_norm_by_given_moments_equals_the_specification():
    def call(function, x, scale, offset):
        moments = tensor_of(np.array([[0, 1, 2], [3, 4, 0]], "float32"))
        return function(x, moments[0], moments[1], scale, offset, 1e-3)

    shapes = {"x": (4, 5, 3), "scale": (3,), "offset": (3,)}
    assert_equals_specification("batch_norm_by", shapes, call, (4, 5, 3))


def test_sums_of_outer_products_equal_the_specification():
    shapes = {"left": (2, 5, 3), "right": (2, 5, 7)}
    assert_equals_specification(
        "outer_sum", shapes, lambda f, left, right: f(left, right), (2, 3, 7)
    )


def test_embedding_bag_equals_the_specification():
    generator = np.random.default_rng(0)
    ids = generator.integers(-1, 9, (6, 4)).astype("int32")
    ids[2] = -1  # a node without a word
    arrays = {
        "kernel": generator.normal(size=(11, SIZE)).astype("float32"),
        "weights": generator.normal(size=ids.shape).astype("float32"),
    }
    arrays["weights"][0] = 0
    upstream = generator.normal(size=(6, SIZE)).astype("float32")
    ids = tensor_of(ids)
    fast, slow = (
        value_and_gradients(
            lambda kernel, weights, bag=bag: bag(kernel, ids, weights), arrays, upstream
        )
        for bag in (native("embedding_bag"), generic.embedding_bag)
    )
    assert_close(flatten(*fast), flatten(*slow), 2e-6)
    dense = np.zeros((6, 11))
    for row, word in zip(*np.nonzero(to_numpy(ids) >= 0), strict=True):
        dense[row, to_numpy(ids)[row, word]] += arrays["weights"][row, word]
    np.testing.assert_allclose(fast[0], dense @ arrays["kernel"], atol=2e-6)


@pytest.mark.parametrize(
    ("masked", "bias", "senders"),
    # 29: PyTorch's kernel is given masked nodes up to 32
    [(False, False, 7), (False, True, 7), (True, False, 7), (True, True, 7)]
    + [(False, False, 29), (True, False, 29)],
)
def test_dense_attention_equals_the_specification(masked, bias, senders):
    generator = np.random.default_rng(0)
    shape = (2, 5, HEADS, SIZE)
    arrays = {
        "query": generator.normal(size=shape).astype("float32"),
        "key": generator.normal(size=(2, senders, HEADS, SIZE)).astype("float32"),
        "value": generator.normal(size=(2, senders, HEADS, VALUE_SIZE)).astype("float32"),
    }
    if bias:
        arrays["bias"] = generator.normal(size=(2, HEADS, 5, senders)).astype("float32")
    mask = None
    if masked:
        mask = generator.random((2, 1, 5, senders)) > 0.4
        mask[1, 0, 3] = False  # reads nobody
        mask = tensor_of(mask)
    upstream = generator.normal(size=(*shape[:3], VALUE_SIZE)).astype("float32")

    def attention_with(function):
        def call(query, key, value, bias=None):
            return function(query, key, value, mask, bias, 0.3)

        return call

    fast, slow = (
        value_and_gradients(attention_with(function), arrays, upstream)
        for function in (native("dense_attention"), generic.dense_attention)
    )
    assert_close(flatten(*fast), flatten(*slow), 2e-6)
    if masked:
        assert np.all(fast[0][1, 3] == 0)


@pytest.mark.parametrize("rows_of_bias", [None, 1, 14])
def test_dense_attention_of_many_pairs_equals_the_specification(rows_of_bias):
    rows, nodes = 14, 120  # more than a step of the backends that do a few rows at a time
    shapes = {key: (rows, nodes, HEADS, SIZE) for key in ("query", "key", "value")}
    if rows_of_bias is not None:
        shapes["bias"] = (rows_of_bias, HEADS, 1, nodes)
    mask = np.random.default_rng(2).random((rows, 1, 1, nodes)) > 0.4
    mask[3] = False  # a row that is nothing but padding
    mask = tensor_of(mask)

    def call(function, query, key, value, bias=None):
        return function(query, key, value, mask, bias, 0.3)

    assert_equals_specification("dense_attention", shapes, call, (rows, nodes, HEADS, SIZE))


def test_segments_equal_the_specification():
    ids = tensor_of(np.array([4, 0, 0, 2, 4, 4], "int32"))
    data = np.random.default_rng(0).normal(size=(6, 3)).astype("float32")
    upstream = np.random.default_rng(1).normal(size=(6, 3)).astype("float32")
    for name in ("segment_sum", "segment_max"):
        fast, slow = (
            value_and_gradients(lambda data, f=f: f(data, ids, 6), {"data": data}, upstream)
            for f in (native(name), getattr(generic, name))
        )
        assert_close(flatten(*fast), flatten(*slow), 1e-6)
    many = ops.ones((3000, 1), "bfloat16")
    total = native("segment_sum")(many, ops.zeros((3000,), "int32"), 1)
    assert float(to_numpy(total)[0, 0]) == 3008  # the bfloat16 nearest to 3000


def test_dropout_has_its_rate_its_scale_and_its_gradient():
    seeds = keras.random.SeedGenerator(3)
    x = np.random.default_rng(0).uniform(1, 2, (1000, 37)).astype("float32")
    upstream = np.ones_like(x)
    for rate in (0.1, 0.6):
        value, gradients = value_and_gradients(
            lambda x, rate=rate: native("dropout")(x, rate, seeds), {"x": x}, upstream, False
        )
        kept = value != 0
        assert abs(kept.mean() - (1 - rate)) < 5 * np.sqrt(rate * (1 - rate) / x.size)
        np.testing.assert_allclose(value[kept], x[kept] / (1 - rate), rtol=1e-4)
        np.testing.assert_allclose(gradients["x"], np.where(kept, 1 / (1 - rate), 0), rtol=1e-4)


def masks(seed, draws, shape=(200, 50), dtype="float32"):
    seeds = keras.random.SeedGenerator(seed)
    ones = ops.ones(shape, dtype)
    return np.stack([to_numpy(native("dropout")(ones, 0.5, seeds)) > 0 for _ in range(draws)])


def test_dropout_is_reproducible_and_uncorrelated():
    first = masks(seed=7, draws=4)
    np.testing.assert_array_equal(first, masks(seed=7, draws=4))
    everything = np.concatenate([first, masks(seed=8, draws=4)]).reshape(8, -1)
    correlation = np.corrcoef(everything) - np.eye(8)
    assert np.max(np.abs(correlation)) < 0.05  # steps, and neighbouring seeds
    flat = first.reshape(4, -1).astype("float32") - 0.5
    for lag in (1, 2, 50):
        for a in flat:
            for b in flat:
                shifted = 4 * np.mean(a[lag:] * b[:-lag])  # a mask is no shift of another
                assert abs(shifted) < 0.05


def test_dropout_keeps_the_dtype():
    seeds = keras.random.SeedGenerator(0)
    for dtype in ("float32", "bfloat16", "float16"):
        out = native("dropout")(ops.ones((4, 5), dtype), 0.5, seeds)
        assert keras.backend.standardize_dtype(out.dtype) == dtype


@pytest.mark.parametrize("width", [1, 7])
def test_masked_segment_sums_leave_masked_rows_out(width):
    rng = np.random.default_rng(5)
    data = rng.normal(size=(23, width)).astype("float32")
    ids = rng.integers(0, 5, 23).astype("int32")
    mask = rng.random(23) < 0.6
    data[~mask] = np.nan  # whatever they hold
    upstream = rng.normal(size=(6, width)).astype("float32")  # the last segment is empty
    expected = np.zeros((6, width))
    np.add.at(expected, ids[mask], data[mask])
    for function in (native("masked_segment_sum"), generic.masked_segment_sum):
        total, gradients = value_and_gradients(
            lambda data, function=function: function(data, tensor_of(ids), 6, tensor_of(mask)),
            {"data": data},
            upstream,
        )
        np.testing.assert_allclose(total, expected, atol=1e-6)
        np.testing.assert_allclose(gradients["data"][mask], upstream[ids[mask]], atol=1e-6)
        np.testing.assert_array_equal(gradients["data"][~mask], 0)
