"""TensorFlow edge attention and weighted sums with their own gradients, in chunks of edges.

Everything runs in functions of its own that XLA compiles, whether or not the model around them is
compiled: Keras leaves XLA off on a CPU. Arrays of the size of the edges times the features live
only inside one step of a loop over chunks of edges; what has a value per edge and head is kept
whole. With p_e = exp(score_e - top_i), d_i = sum_e p_e and the dropout factor f_e, the output of
receiver i is sum_e f_e p_e v_j / d_i. The denominator is folded into the rows: forward divides the
sums, backward divides the incoming gradient g_i once, after which the gradient of a score is
p_e (f_e g_i . v_j - g_i . out_i).
"""

import functools

import numpy as np
import tensorflow as tf

_CHUNK_ELEMENTS = {"CPU": 1 << 16, "GPU": 1 << 26}  # few arrays fill a cache; few, large kernels


def compiled(function):
    """The function under XLA: one trace for all lengths, one each for the sizes of the features.

    Without the second, TensorFlow would widen the sizes of the heads to unknown ones, too. Loops
    are TensorFlow's own, so that AutoGraph, which reads and rewrites the source, has nothing to do.
    """
    traces = {}

    @functools.wraps(function)
    def call(*args):
        shapes = [getattr(x, "shape", ()) for x in tf.nest.flatten(args)]
        key = tuple((len(shape), *shape[1:]) for shape in shapes)
        if key not in traces:
            traces[key] = tf.function(
                function, jit_compile=True, reduce_retracing=True, autograph=False
            )
        return traces[key](*args)

    return call


def count_rows(x):
    return tf.shape(x)[0]


def add_rows(total, index, rows):
    """Adds each row to total[index]."""
    return tf.tensor_scatter_nd_add(total, index[:, None], rows)


def chunk_size(width):
    device = "GPU" if tf.config.list_physical_devices("GPU") else "CPU"
    return max(1, _CHUNK_ELEMENTS[device] // max(1, width))


def _rounded_up(count, size):
    """count / size, rounded up."""
    return (count + size - 1) // size


def over_chunks(step, carry, plan, num_rows, width, per_edge=(), result=None):
    """Loops over chunks of edges; step(carry, senders, receivers, *per_edge) -> (carry, result).

    The last chunk is padded with edges from sender 0 to the last receiver, on which every array
    of `per_edge` is 0. `result` is (size, dtype) of what each step gives per edge, or None.
    """
    num_edges = count_rows(plan["senders"])
    steps = _rounded_up(num_edges, chunk_size(width))
    chunk = tf.maximum(1, _rounded_up(num_edges, tf.maximum(1, steps)))  # little is padding
    padding = steps * chunk - num_edges

    def split(x, fill=0):
        widths = [[0, padding]] + [[0, 0]] * (x.shape.rank - 1)
        padded = tf.pad(x, widths, constant_values=fill)
        return tf.reshape(padded, [steps, chunk, *x.shape[1:]])

    inputs = [split(plan["senders"]), split(plan["receivers"], num_rows - 1)]
    inputs += [split(x) for x in per_edge]
    results = () if result is None else (tf.TensorArray(result[1], steps),)

    def body(index, carry, results):
        carry, values = step(carry, *(tf.gather(x, index) for x in inputs))
        return index + 1, carry, tuple(array.write(index, values) for array in results)

    _, carry, results = tf.while_loop(
        lambda index, *_: index < steps, body, (0, carry, results), maximum_iterations=steps
    )
    if result is None:
        return carry, None
    stacked = tf.reshape(results[0].stack(), [steps * chunk, result[0]])
    return carry, stacked[:num_edges]


def spread(weights, size):
    """One weight a head to one a feature: (E, H) -> (E, H V)."""
    return tf.repeat(weights, size, axis=1)


def head_sums(heads, size, dtype):
    """The matrix that sums each head's features: (H V, H)."""
    return tf.constant(np.repeat(np.eye(heads), size, axis=0), dtype)


def aggregate(weights, value, plan, num_rows):
    """sum_e weights_e value_j: (E, H), (S, H V) -> (R, H V)."""
    width = value.shape[1]
    size = width // weights.shape[1]

    def step(total, senders, receivers, weights):
        messages = tf.gather(value, senders) * spread(weights, size)
        return add_rows(total, receivers, messages), None

    total = tf.zeros([num_rows, width], value.dtype)
    return over_chunks(step, total, plan, num_rows, width, [weights])[0]


def edge_dots(query, key, heads, plan):
    """query_i . key_j for each head: (R, H K), (S, H K) -> (E, H)."""
    width = query.shape[1]
    sums = head_sums(heads, width // heads, query.dtype)

    def step(carry, senders, receivers):
        products = tf.gather(query, receivers) * tf.gather(key, senders)
        return carry, tf.matmul(products, sums)

    return over_chunks(step, (), plan, count_rows(query), width, result=(heads, query.dtype))[1]


def reversed_edges(plan):
    """The edges the other way round: sums over them go to the senders."""
    return {"senders": plan["receivers"], "receivers": plan["senders"]}


def _flat(x):
    """(S, H, V) -> (S, H V)."""
    return tf.reshape(x, [-1, x.shape[1] * x.shape[2]])


def _softmax(scores, plan, num_rows):
    """exp(score - top) with masked edges 0, (E, H), and 1 / its sums, 0 where there is none.

    For the top masked edges have a spare receiver: choosing by the mask and head takes XLA longer.
    """
    mask, receivers = plan["mask"], plan["receivers"]
    readers = receivers if mask is None else tf.where(mask, receivers, num_rows)
    top = tf.math.unsorted_segment_max(scores, readers, num_rows + 1)
    weights = tf.exp(scores - tf.gather(top, readers))
    if mask is not None:
        weights = tf.where(mask[:, None], weights, tf.zeros_like(weights))
    return weights, tf.math.reciprocal_no_nan(
        tf.math.unsorted_segment_sum(weights, receivers, num_rows)
    )


def _attend(scores, value, factor, plan, num_rows):
    """Softmax, dropout and aggregation: (E, H), (S, H, V) -> (R, H, V), and what backward needs."""
    weights, inverse = _softmax(scores, plan, num_rows)
    dropped = weights if factor is None else weights * factor
    total = aggregate(dropped, _flat(value), plan, num_rows)
    return tf.reshape(total, [-1, *value.shape[1:]]) * inverse[:, :, None], weights, inverse


def _attend_gradient(gradient, weights, inverse, value, out, factor, plan):
    """Gradients of the scores (E, H) and of the values (S, H, V)."""
    scaled = gradient * inverse[:, :, None]  # (R, H, V)
    product = tf.reduce_sum(scaled * out, axis=-1)  # (R, H)
    dropped = weights if factor is None else weights * factor
    dots = edge_dots(_flat(scaled), _flat(value), value.shape[1], plan)  # g_i . v_j / d_i
    d_value = aggregate(dropped, _flat(scaled), reversed_edges(plan), count_rows(value))
    dots = dots if factor is None else dots * factor
    d_scores = weights * (dots - tf.gather(product, plan["receivers"]))
    return d_scores, tf.reshape(d_value, tf.shape(value))


@compiled
def _additive_forward(receiver_logits, sender_logits, value, bias, factor, plan, slope):
    logits = tf.gather(receiver_logits, plan["receivers"])
    logits += tf.gather(sender_logits, plan["senders"])
    logits = logits if bias is None else logits + bias
    scores = tf.where(logits > 0, logits, slope * logits)
    out, weights, inverse = _attend(scores, value, factor, plan, count_rows(receiver_logits))
    # the sign of the logit, which the gradient needs, travels in the sign of the weight
    return out, tf.where(logits > 0, weights, -weights), inverse


@compiled
def _additive_backward(gradient, signed, inverse, value, out, factor, plan, slope):
    weights = tf.abs(signed)
    d_scores, d_value = _attend_gradient(gradient, weights, inverse, value, out, factor, plan)
    d_logits = tf.where(signed > 0, d_scores, slope * d_scores)
    d_receivers = tf.math.unsorted_segment_sum(d_logits, plan["receivers"], count_rows(gradient))
    d_senders = tf.math.unsorted_segment_sum(d_logits, plan["senders"], count_rows(value))
    return d_receivers, d_senders, d_value, d_logits


def constants(*tensors):
    """The tensors as constants: an eager tape must not look into a compiled loop."""
    return [None if x is None else tf.stop_gradient(x) for x in tensors]


def additive(receiver_logits, sender_logits, value, bias, factor, plan, slope):
    """softmax_j LeakyReLU(receiver_logits_i + sender_logits_j + bias_ij), applied to the values."""

    @tf.custom_gradient
    def attention(receiver_logits, sender_logits, value, *biases):
        bias = biases[0] if biases else None
        inputs = constants(receiver_logits, sender_logits, value, bias, factor)
        out, signed, inverse = _additive_forward(*inputs, plan, slope)

        def pull(gradient):
            gradients = _additive_backward(
                gradient, signed, inverse, value, out, factor, plan, slope
            )
            return gradients[: 3 + len(biases)]

        return out, pull

    biases = () if bias is None else (bias,)
    return attention(receiver_logits, sender_logits, value, *biases)


@compiled
def _dot_forward(query, key, value, bias, factor, plan):
    scores = edge_dots(_flat(query), _flat(key), query.shape[1], plan)
    scores = scores if bias is None else scores + bias
    return _attend(scores, value, factor, plan, count_rows(query))


@compiled
def _dot_backward(gradient, query, key, weights, inverse, value, out, factor, plan):
    d_scores, d_value = _attend_gradient(gradient, weights, inverse, value, out, factor, plan)
    d_query = aggregate(d_scores, _flat(key), plan, count_rows(query))
    d_key = aggregate(d_scores, _flat(query), reversed_edges(plan), count_rows(key))
    d_query = tf.reshape(d_query, tf.shape(query))
    return d_query, tf.reshape(d_key, tf.shape(key)), d_value, d_scores


def dot(query, key, value, bias, factor, plan):
    """softmax_j (query_i . key_j + bias_ij), applied to the values."""

    @tf.custom_gradient
    def attention(query, key, value, *biases):
        bias = biases[0] if biases else None
        inputs = constants(query, key, value, bias, factor)
        out, weights, inverse = _dot_forward(*inputs, plan)

        def pull(gradient):
            gradients = _dot_backward(
                gradient, query, key, weights, inverse, value, out, factor, plan
            )
            return gradients[: 3 + len(biases)]

        return out, pull

    biases = () if bias is None else (bias,)
    return attention(query, key, value, *biases)


@compiled
def _segment_total(data, index, sized):
    return add_rows(tf.zeros([count_rows(sized), data.shape[1]], data.dtype), index, data)


@compiled
def _segment_gradient(gradient, index):
    return tf.gather(gradient, index)


def segment_sum(data, index, sized):
    """Sums rows into as many as `sized` has: (E, D) -> (R, D)."""

    @tf.custom_gradient
    def total(data):
        def pull(gradient):
            return _segment_gradient(gradient, index)

        return _segment_total(*constants(data), index, sized), pull

    return total(data)
