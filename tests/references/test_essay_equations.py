"""The equations of "Transformers are Graph Neural Networks", each as it is printed.

Joshi, 2020, https://thegradient.pub/transformers-are-graph-neural-networks/. Every test is a
literal NumPy transcription in float64, held against the layer that implements it.
"""

import keras
import numpy as np
import pytest

from keras_gt import layers
from keras_gt.testing import assert_close, layer_function, random_graph_inputs
from tests.layers.compiled import compiled
from tests.references.layer_arrays import named_variables, randomise

D = 5
SENTENCE = np.random.default_rng(1).normal(size=(1, 7, D)).astype("float32")  # S: 7 words
WORDS = SENTENCE[0].astype("float64")
GRAPH = random_graph_inputs(num_rows=1, num_features=D)


def weights_of(layer):
    return {
        name: keras.ops.convert_to_numpy(variable).astype("float64")
        for name, variable in named_variables(layer).items()
    }


def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def neighbours(node):
    """N(i): whom node i reads."""
    mask = GRAPH["edge_mask"][0]
    return GRAPH["senders"][0, mask & (GRAPH["receivers"][0] == node)]


def on_the_graph(layer):
    """(features of the real nodes, NumPy rows of all nodes)."""
    layer.build(GRAPH["node_features"].shape)
    randomise(layer)
    found = keras.ops.convert_to_numpy(layer_function(compiled(layer))(GRAPH))
    return found[0][GRAPH["node_mask"][0]], GRAPH["node_features"][0].astype("float64")


def real(rows):
    return rows[GRAPH["node_mask"][0]]


def on_the_sentence(layer):
    layer.build(SENTENCE.shape)
    randomise(layer)
    return keras.ops.convert_to_numpy(compiled(layer)(SENTENCE))[0]


def single_head(weights, part=slice(None)):
    """h_i' = sum_{j in S} w_ij (V h_j), w_ij = softmax_j(Q h_i . K h_j), for every word i."""
    queries = WORDS @ weights["query/kernel"][:, part]
    keys = WORDS @ weights["key/kernel"][:, part]
    values = WORDS @ weights["value/kernel"][:, part]
    rows = []
    for i in range(len(WORDS)):
        w = softmax(np.array([queries[i] @ keys[j] for j in range(len(WORDS))]))
        rows.append(sum(w[j] * values[j] for j in range(len(WORDS))))
    return np.stack(rows)


def test_1_the_update_of_a_word_by_attention():
    layer = layers.MultiHeadAggregation(1, 3, scaled=False, use_bias=False)
    found = on_the_sentence(layer)
    assert_close(found, single_head(weights_of(layer)))


def test_1_by_hand():
    """Three words with one feature, Q = K = V = 1: every number by pencil."""
    layer = layers.MultiHeadAggregation(1, 1, scaled=False, use_bias=False)
    layer.build((1, 3, 1))
    layer.set_weights([np.ones((1, 1))] * 3)
    words = np.array([[[0.0], [np.log(2.0)], [1.0]]], "float32")
    found = keras.ops.convert_to_numpy(compiled(layer)(words))[0, :, 0]
    # word 0 reads all alike; word 2 with weights e^0, e^(log 2) = 2 and e^1
    assert found[0] == pytest.approx((np.log(2) + 1) / 3, rel=1e-6)
    assert found[2] == pytest.approx((2 * np.log(2) + np.e) / (3 + np.e), rel=1e-6)


def test_2_several_heads_are_concatenated_and_projected():
    layer = layers.MultiHeadAggregation(3, 2, scaled=False, output_dim=D, use_bias=False)
    found = on_the_sentence(layer)
    weights = weights_of(layer)
    heads = [single_head(weights, slice(2 * k, 2 * k + 2)) for k in range(3)]
    assert_close(found, np.concatenate(heads, axis=1) @ weights["projection/kernel"])


def test_2_is_the_multi_head_attention_of_transformers():
    layer = layers.MultiHeadAggregation(3, 2, output_dim=D)
    found = on_the_sentence(layer)
    weights = {key: value.astype("float32") for key, value in weights_of(layer).items()}
    keras_layer = keras.layers.MultiHeadAttention(3, 2)
    keras_layer.build(SENTENCE.shape, SENTENCE.shape)
    keras_layer.set_weights(
        [
            *[
                part
                for name in ("query", "key", "value")
                for part in (
                    weights[f"{name}/kernel"].reshape(D, 3, 2),
                    weights[f"{name}/bias"].reshape(3, 2),
                )
            ],
            weights["projection/kernel"].reshape(3, 2, D),
            weights["projection/bias"],
        ]
    )
    expected = keras.ops.convert_to_numpy(compiled(keras_layer)(SENTENCE, SENTENCE))[0]
    assert_close(found, expected, 2e-6)


def test_3_dividing_by_the_root_of_the_width_keeps_scores_of_variance_one():
    rng = np.random.default_rng(2)
    for size in (4, 64):
        layer = layers.MultiHeadAggregation(1, size, use_bias=False)
        layer.build((1, 31, size))
        layer.set_weights([np.eye(size)] * 3)  # queries and keys of variance one
        words = rng.normal(size=(1, 31, size)).astype("float32")
        _, scores = compiled_with_scores(layer)(words)
        logits = np.log(keras.ops.convert_to_numpy(scores)[0, 0].astype("float64"))
        expected = words[0].astype("float64") @ words[0].T / np.sqrt(size)
        centred = expected - expected.mean(axis=1, keepdims=True)
        assert_close(logits - logits.mean(axis=1, keepdims=True), centred, 1e-5)
        apart = ~np.eye(31, dtype=bool)  # a word's score with itself is not centred
        assert 0.7 < expected[apart].var() < 1.3


def compiled_with_scores(layer):
    class WithScores:
        def __call__(self, words):
            return layer(words, return_attention_scores=True)

    return compiled(WithScores())


def layer_norm(x, gamma, beta, epsilon=1e-5):
    mean, variance = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(variance + epsilon) * gamma + beta


def mlp(weights, x):
    hidden = np.maximum(x @ weights["expand/kernel"] + weights["expand/bias"], 0)
    return hidden @ weights["contract/kernel"] + weights["contract/bias"]


def block_and_parts(residual):
    aggregation = layers.MultiHeadAggregation(1, 3, scaled=False, output_dim=D, use_bias=False)
    feed_forward = layers.FeedForward(4 * D)
    block = layers.TransformerGraphBlock(aggregation, feed_forward, residual=residual)
    found = on_the_sentence(block)
    inner = weights_of(aggregation)
    attended = single_head(inner) @ inner["projection/kernel"]
    norms = [
        (lambda x, norm=norm: layer_norm(x, weights_of(norm)["gamma"], weights_of(norm)["beta"]))
        for norm in (block.aggregation_norm, block.feed_forward_norm)
    ]
    return found, attended, norms, lambda x: mlp(weights_of(feed_forward), x)


def test_4_and_5_layer_norm_then_mlp_then_layer_norm_as_printed():
    """h' = LN(MLP(LN(h))), h being the attention's result: residuals are left out of the figure."""
    found, attended, (first, second), feed_forward = block_and_parts("none")
    assert_close(found, second(feed_forward(first(attended))))


def test_4_the_norm_uses_the_epsilon_it_is_given():
    rows = np.array([[[1e-3, -1e-3]]], "float32")
    for epsilon in (1e-12, 1e-5, 1e-3):
        block = layers.TransformerGraphBlock(
            layers.MultiHeadAggregation(1, 2, use_bias=False), epsilon=epsilon
        )
        block.build(rows.shape)
        block.aggregation.set_weights([np.zeros((2, 2))] * 3)  # what remains is LN(h)
        found = keras.ops.convert_to_numpy(compiled(block)(rows))
        assert_close(found, rows / np.sqrt(1e-6 + epsilon), 1e-4)


def test_6_residual_connections():
    found, attended, (first, second), feed_forward = block_and_parts("post")
    middle = first(WORDS + attended)
    assert_close(found, second(middle + feed_forward(middle)))


def test_6_a_block_whose_parts_are_zero_is_the_identity():
    block = layers.TransformerGraphBlock(
        layers.MultiHeadAggregation(1, 3, output_dim=D), layers.FeedForward(7), residual="pre"
    )
    block.build(SENTENCE.shape)
    for part in (block.aggregation.projection, block.feed_forward.contract):
        part.set_weights([np.zeros_like(weight) for weight in part.get_weights()])
    found = keras.ops.convert_to_numpy(compiled(block)(SENTENCE))
    assert np.array_equal(found, SENTENCE)


def test_7_the_basic_graph_network():
    """h_i' = sigma(U h_i + sum_{j in N(i)} V h_j)."""
    layer = layers.MultiHeadAggregation(
        1, 3, aggregation="sum", use_root_weight=True, use_bias=False
    )
    found, h = on_the_graph(layer)
    u, v = (weights_of(layer)[name] for name in ("root/kernel", "value/kernel"))
    expected = [
        np.maximum(h[i] @ u + sum((h[j] @ v for j in neighbours(i)), np.zeros(3)), 0)
        for i in range(len(h))
    ]
    assert_close(np.maximum(found, 0), real(np.stack(expected)))


@pytest.mark.parametrize("kind", ["mean", "max"])
def test_8_other_ways_to_put_neighbours_together(kind):
    layer = layers.MultiHeadAggregation(1, 3, aggregation=kind, use_bias=False)
    found, h = on_the_graph(layer)
    v, expected = weights_of(layer)["value/kernel"], np.zeros((len(h), 3))
    for i in range(len(h)):
        if len(neighbours(i)):
            expected[i] = getattr(np, kind)([h[j] @ v for j in neighbours(i)], axis=0)
    assert_close(found, real(expected))
    isolated = [i for i in range(len(found)) if not len(neighbours(i))]
    assert isolated and not found[isolated].any()  # nothing to put together is 0


def test_9_attention_over_the_neighbourhood():
    """alpha_ij = softmax_j LeakyReLU(a . [W h_i || W h_j]); heads concatenated, then ELU."""
    layer = layers.GraphAttention(2, 3, use_bias=False)
    found, h = on_the_graph(layer)
    weights = weights_of(layer)
    expected = np.zeros((len(h), 6))
    for k in range(2):
        part = slice(3 * k, 3 * k + 3)
        w = weights["value/kernel"][:, part]
        a = np.concatenate([weights["receiver_score"][k], weights["sender_score"][k]])
        for i in range(len(h)):
            if not len(neighbours(i)):
                continue
            joined = [np.concatenate([h[i] @ w, h[j] @ w]) @ a for j in neighbours(i)]
            alpha = softmax(np.array([max(x, 0.2 * x) for x in joined]))
            sent = [h[j] @ w for j in neighbours(i)]
            expected[i, part] = sum(x * y for x, y in zip(alpha, sent, strict=True))
    elu = np.where(found > 0, found, np.expm1(found))
    assert_close(elu, real(np.where(expected > 0, expected, np.expm1(expected))))


def test_9_a_transformer_is_attention_on_the_complete_graph():
    """One layer, two descriptions: no edges argument, and an edge from every word to every word."""
    layer = layers.MultiHeadAggregation(2, 3, output_dim=D)
    found = on_the_sentence(layer)
    size = len(WORDS)
    receivers, senders = np.divmod(np.arange(size**2, dtype="int32"), size)
    edges = {"senders": senders[None], "receivers": receivers[None]}
    assert_close(keras.ops.convert_to_numpy(compiled(layer)(SENTENCE, edges))[0], found, 2e-6)
