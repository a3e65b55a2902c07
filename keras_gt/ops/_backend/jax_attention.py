"""JAX edge attention and weighted sums with their own gradients, in chunks of edges.

Arrays of the size of the edges times the features live only inside one step of a loop over chunks
of edges; what has a value per edge and head is kept whole. With p_e = exp(score_e - top_i),
d_i = sum_e p_e and the dropout factor f_e, the output of receiver i is sum_e f_e p_e v_j / d_i.
The denominator is folded into the rows: forward divides the sums, backward divides the incoming
gradient g_i once, after which the gradient of a score is p_e (f_e g_i . v_j - g_i . out_i).

There are no masks here: the caller sends masked edges to a spare receiver. `plan` holds senders
and receivers.
"""

import functools

import jax
import jax.numpy as jnp
from jax import lax

_LOWEST = -1e30
_CHUNK_ELEMENTS = {"cpu": 1 << 18, "default": 1 << 26}  # the size of the cache, of few kernels
AT_ONCE = 4  # arrays of a chunk's size that a step of several products works with


def take(x, index):
    """Rows of x: (S, ...), (E,) -> (E, ...); the index is in range.

    Here and in `add_rows` a row is a window of one row: XLA turns every other form into it, and
    then copies what it joined with a reshape before.
    """
    rows = lax.gather(
        x,
        index[:, None],
        lax.GatherDimensionNumbers(
            offset_dims=tuple(range(1, x.ndim + 1)),
            collapsed_slice_dims=(),
            start_index_map=(0,),
        ),
        slice_sizes=(1, *x.shape[1:]),
        mode="promise_in_bounds",
    )
    return lax.squeeze(rows, (1,))


def take_made(x, index):
    """Rows of x, made before: else XLA makes each row anew for every edge that reads it."""
    return take(lax.optimization_barrier(x), index)


def zeros(shape, x):
    """Zeros of x's type, to which sums of x are added, in memory that XLA takes when x is there.

    Plain zeros are a constant, and equal constants are one: XLA copies it for each sum of all
    layers before the first of them begins, and the copies lie there until they are needed. So no
    two sums of one shape name the same x.
    """
    if not (jnp.issubdtype(x.dtype, jnp.floating) and isinstance(x.size, int) and x.size):
        return jnp.zeros(shape, x.dtype)
    first = x[(0,) * x.ndim]
    never = jnp.isnan(first) & (first == first)
    return jnp.full(shape, never.astype(x.dtype))


def add_rows(total, index, rows):
    """Adds each row to total[index]: (R, ...), (E,), (E, ...) -> (R, ...)."""
    return lax.scatter_add(
        total,
        index[:, None],
        lax.expand_dims(rows, (1,)),
        lax.ScatterDimensionNumbers(
            update_window_dims=tuple(range(1, rows.ndim + 1)),
            inserted_window_dims=(),
            scatter_dims_to_operand_dims=(0,),
        ),
        mode="promise_in_bounds",
    )


def sum_rows(rows, index, num_rows):
    """The sum of the rows of each index: (E, ...), (E,) -> (num_rows, ...)."""
    return add_rows(zeros((num_rows, *rows.shape[1:]), rows), index, rows)


def by_platform(function, width, num_edges, *arrays):
    """Runs function(arrays, chunk) with the chunk of the platform it is compiled for."""
    chunks = {key: max(1, elements // width) for key, elements in _CHUNK_ELEMENTS.items()}
    if num_edges <= 2 * chunks["cpu"]:
        return function(arrays, max(1, num_edges))
    return lax.platform_dependent(
        *arrays,
        cpu=lambda *given: function(given, chunks["cpu"]),
        default=lambda *given: function(given, min(chunks["default"], num_edges)),
    )


def over_chunks(step, carry, plan, chunk, *per_edge):
    """carry = step(carry, first edge, senders, receivers, *per_edge) for each chunk of edges.

    The arrays are cut where they lie: padding them to whole chunks would copy them all.
    """
    arrays = (plan["senders"], plan["receivers"], *per_edge)
    num_edges = plan["senders"].shape[0]
    whole, rest = divmod(num_edges, chunk)

    def run(carry, start, size):
        return step(carry, start, *(lax.dynamic_slice_in_dim(x, start, size) for x in arrays))

    if whole:
        carry = lax.fori_loop(0, whole, lambda i, carry: run(carry, i * chunk, chunk), carry)
    return run(carry, whole * chunk, rest) if rest else carry


def chunk_of(x, first, other):
    """The rows of an array from the first one on, as many as the other array has."""
    return lax.dynamic_slice_in_dim(x, first, other.shape[0])


def put_chunk(x, rows, first):
    """The array with these rows from the first one on."""
    return lax.dynamic_update_slice_in_dim(x, rows, first, axis=0)


def replaced(x, rows, first):
    """The array with these rows, made of what stood there, from the first one on; and the rows.

    A loop that puts its results where it has read asks for no further memory, if it reads nothing
    after that but the results themselves: XLA would make the rows anew of what stood there, and
    first copy the array for that. The barrier keeps it from seeing that they are the same.
    """
    x = lax.optimization_barrier(put_chunk(x, rows, first))
    return x, chunk_of(x, first, rows)


def spread(weights, size):
    """One weight a head to one a feature: (E, H) -> (E, H V)."""
    return jnp.repeat(weights, size, axis=1)


def head_sums(heads, size, dtype):
    """The matrix that sums each head's features: (H V, H)."""
    return jnp.repeat(jnp.eye(heads, dtype=dtype), size, axis=0)


def aggregate(weights, value, plan, num_rows):
    """sum_e weights_e value_j: (E, H), (S, H V) -> (R, H V)."""
    width = value.shape[1]
    size = width // weights.shape[1]

    def run(arrays, chunk):
        weights, value, plan = arrays

        def step(total, start, senders, receivers, weights):
            return add_rows(total, receivers, take(value, senders) * spread(weights, size))

        total = zeros((num_rows, width), value)
        return over_chunks(step, total, plan, chunk, weights)

    return by_platform(run, width, weights.shape[0], weights, value, plan)


def edge_dots(query, key, heads, plan):
    """query_i . key_j for each head: (R, H K), (S, H K) -> (E, H)."""
    width = query.shape[1]

    def run(arrays, chunk):
        query, key, plan = arrays
        sums = head_sums(heads, width // heads, query.dtype)

        def step(dots, start, senders, receivers):
            products = take(query, receivers) * take(key, senders)
            products = jnp.matmul(products, sums, precision=lax.Precision.HIGHEST)
            return put_chunk(dots, products, start)

        dots = zeros((plan["senders"].shape[0], heads), query)
        return over_chunks(step, dots, plan, chunk)

    return by_platform(run, width, plan["senders"].shape[0], query, key, plan)


def reversed_edges(plan):
    """The edges the other way round: sums over them go to the senders."""
    return {"senders": plan["receivers"], "receivers": plan["senders"]}


def _flat(x):
    """(S, H, V) -> (S, H V)."""
    return x.reshape(x.shape[0], x.shape[1] * x.shape[2])


def _softmax(scores, plan, num_rows):
    """exp(score - top), (E, H), and 1 / its sums, 0 where there is none, (R, H)."""
    receivers = plan["receivers"]
    scores = lax.optimization_barrier(scores)  # made once, not once for each of its two uses
    top = jnp.full((num_rows, scores.shape[1]), _LOWEST, scores.dtype)
    top = top.at[receivers].max(scores, mode="promise_in_bounds")
    weights = jnp.exp(scores - take_made(top, receivers))
    total = sum_rows(weights, receivers, num_rows)
    return weights, jnp.where(total > 0, 1 / jnp.where(total > 0, total, 1), 0)


def _attend(scores, value, factor, plan, num_rows):
    """Softmax, dropout and aggregation: (E, H), (S, H, V) -> (R, H, V), and what backward needs."""
    weights, inverse = _softmax(scores, plan, num_rows)
    dropped = weights if factor is None else weights * factor
    total = aggregate(dropped, _flat(value), plan, num_rows).reshape(-1, *value.shape[1:])
    return total * inverse[:, :, None], weights, inverse


def _attend_gradient(gradient, weights, inverse, value, out, factor, plan):
    """Gradients of the scores (E, H) and of the values (S, H, V)."""
    scaled = gradient * inverse[:, :, None]  # (R, H, V)
    sums = head_sums(*value.shape[1:], value.dtype)
    product = jnp.matmul(_flat(scaled * out), sums, precision=lax.Precision.HIGHEST)  # (R, H)
    dropped = weights if factor is None else weights * factor
    dots = edge_dots(_flat(scaled), _flat(value), value.shape[1], plan)  # g_i . v_j / d_i
    d_value = aggregate(dropped, _flat(scaled), reversed_edges(plan), value.shape[0])
    dots = dots if factor is None else dots * factor
    d_scores = weights * (dots - take_made(product, plan["receivers"]))
    return d_scores, d_value.reshape(value.shape)


def no_gradient(plan):
    """The gradient of a plan."""
    return dict.fromkeys(plan)


@functools.partial(jax.custom_vjp, nondiff_argnums=(6,))
def additive(receiver_logits, sender_logits, value, bias, factor, plan, slope):
    """softmax_j LeakyReLU(receiver_logits_i + sender_logits_j + bias_ij), applied to the values."""
    return _additive_forward(receiver_logits, sender_logits, value, bias, factor, plan, slope)[0]


def _additive_forward(receiver_logits, sender_logits, value, bias, factor, plan, slope):
    logits = take_made(receiver_logits, plan["receivers"])
    logits = logits + take_made(sender_logits, plan["senders"])
    logits = logits if bias is None else logits + bias
    num_rows = receiver_logits.shape[0]
    scores = jnp.where(logits > 0, logits, slope * logits)
    out, weights, inverse = _attend(scores, value, factor, plan, num_rows)
    # the sign of the logit, which the gradient needs, travels in the sign of the weight
    signed = jnp.where(logits > 0, weights, -weights)
    return out, (signed, inverse, value, out, factor, plan, bias is not None)


def _additive_backward(slope, saved, gradient):
    signed, inverse, value, out, factor, plan, has_bias = saved
    weights = jnp.abs(signed)
    d_scores, d_value = _attend_gradient(gradient, weights, inverse, value, out, factor, plan)
    d_logits = lax.optimization_barrier(jnp.where(signed > 0, d_scores, slope * d_scores))
    d_receivers = sum_rows(d_logits, plan["receivers"], inverse.shape[0])
    d_senders = add_rows(zeros(value.shape[:2], value), plan["senders"], d_logits)
    d_bias = d_logits if has_bias else None
    return d_receivers, d_senders, d_value, d_bias, None, no_gradient(plan)


additive.defvjp(_additive_forward, _additive_backward)


@jax.custom_vjp
def dot(query, key, value, bias, factor, plan):
    """softmax_j (query_i . key_j + bias_ij), applied to the values."""
    return _dot_forward(query, key, value, bias, factor, plan)[0]


def _dot_forward(query, key, value, bias, factor, plan):
    scores = edge_dots(_flat(query), _flat(key), query.shape[1], plan)
    scores = scores if bias is None else scores + bias
    out, weights, inverse = _attend(scores, value, factor, plan, query.shape[0])
    return out, (query, key, weights, inverse, value, out, factor, plan, bias is not None)


def _dot_backward(saved, gradient):
    query, key, weights, inverse, value, out, factor, plan, has_bias = saved
    d_scores, d_value = _attend_gradient(gradient, weights, inverse, value, out, factor, plan)
    d_query = aggregate(d_scores, _flat(key), plan, query.shape[0])
    d_key = aggregate(d_scores, _flat(query), reversed_edges(plan), key.shape[0])
    d_bias = d_scores if has_bias else None
    d_query, d_key = d_query.reshape(query.shape), d_key.reshape(key.shape)
    return d_query, d_key, d_value, d_bias, None, no_gradient(plan)


dot.defvjp(_dot_forward, _dot_backward)
