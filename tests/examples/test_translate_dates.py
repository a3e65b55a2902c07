import datetime
import importlib.util
import pathlib

import keras
import numpy as np
import pytest

from keras_gt.layers import MultiHeadAggregation
from tests.layers.compiled import compiled
from tests.ops.backend_gradients import value_and_gradients

PATH = pathlib.Path(__file__).parents[2] / "examples" / "translate_dates.py"
DAY = datetime.date(1977, 4, 12)


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("translate_dates", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def models(example):
    keras.utils.set_random_seed(0)
    return example.build_model(width=8, num_heads=2, num_layers=1)


def test_a_day_is_written_in_many_ways(example):
    assert example.spellings(DAY) == [
        "12 April 1977",
        "April 12, 1977",
        "12.4.1977",
        "12-Apr-77",
        "Tue, 12.04.77",
    ]
    pairs = example.make_pairs([DAY], 20, np.random.default_rng(0))
    assert {iso for _, iso in pairs} == {"1977-04-12"} and len({text for text, _ in pairs}) > 2
    inputs, labels = example.make_arrays(pairs)
    assert inputs["source"].shape == (20, 18) and labels.shape == (20, 10)
    written = "".join(example.TARGET[number] for number in inputs["target"][0])
    assert written == "^1977-04-1"


def test_cross_attention_is_that_of_keras():
    random = np.random.default_rng(0)
    receivers = random.normal(size=(2, 5, 8)).astype("float32")
    senders = random.normal(size=(2, 7, 6)).astype("float32")
    edges = np.arange(7)[None, None] < np.array([7, 4])[:, None, None]  # (B, 1, M)
    edges = np.broadcast_to(edges, (2, 5, 7))
    theirs = keras.layers.MultiHeadAttention(2, 4)
    theirs.build(receivers.shape, senders.shape)
    with_scores = {"return_attention_scores": True}
    function = compiled(theirs, **with_scores)
    expected, expected_scores = function(receivers, senders, attention_mask=edges)
    layer = MultiHeadAggregation(2, 4, output_dim=8)
    layer.build(receivers.shape, sender_features_shape=senders.shape)
    for name in ("query", "key", "value"):
        kernel, bias = (
            keras.ops.convert_to_numpy(w) for w in getattr(theirs, f"{name}_dense").weights
        )
        getattr(layer, name).set_weights([kernel.reshape(-1, 8), bias.reshape(8)])
    kernel, bias = (keras.ops.convert_to_numpy(w) for w in theirs.output_dense.weights)
    layer.projection.set_weights([kernel.reshape(8, 8), bias])
    found, scores = compiled(layer, **with_scores)(receivers, edges, sender_features=senders)
    fused = compiled(layer)(receivers, edges, sender_features=senders)
    for ours, reference in ((found, expected), (fused, expected), (scores, expected_scores)):
        np.testing.assert_allclose(
            keras.ops.convert_to_numpy(ours), keras.ops.convert_to_numpy(reference), atol=1e-5
        )


def test_what_is_written_later_has_no_gradient(example, models):
    model, _ = models
    vectors = model.get_layer("target_embedding").output
    decoder = keras.Model([*model.inputs, vectors], model.output)
    inputs, _ = example.make_arrays([("12 April 1977", DAY.isoformat())])
    tensors = [keras.ops.convert_to_tensor(inputs[tensor.name]) for tensor in model.inputs]
    target = np.random.default_rng(0).normal(size=(1, 10, 8)).astype("float32")
    upstream = np.zeros((1, 10, len(example.TARGET)), "float32")
    upstream[:, 3] = np.random.default_rng(1).normal(size=len(example.TARGET))

    def logits(target):
        return decoder([*tensors, target])

    on_jax = keras.backend.backend() == "jax"
    _, gradients = value_and_gradients(logits, {"target": target}, upstream, on_jax)
    size = np.abs(gradients["target"]).sum(axis=-1)[0]  # (T,)
    assert (size[:4] > 1e-6).all() and (size[4:] == 0).all()


def test_padding_of_the_source_is_not_read(example, models):
    model, attention = models
    inputs, _ = example.make_arrays([("12.4.1977", DAY.isoformat())])
    shorter = {**inputs, "source": inputs["source"][:, :9]}
    expected = model.predict_on_batch(shorter)
    np.testing.assert_allclose(model.predict_on_batch(inputs), expected, atol=1e-5)
    weights = np.asarray(attention.predict_on_batch(inputs))
    assert weights.shape == (1, 2, 10, 18) and (weights[..., 9:] == 0).all()
    np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=1e-5)


def test_training_lowers_the_loss(example, models, capsys):
    keras.utils.set_random_seed(0)
    model, attention = example.build_model(width=8, num_heads=2, num_layers=1)
    pairs = example.make_pairs([DAY], 16 * example.BATCH, np.random.default_rng(0))
    inputs, labels = example.make_arrays(pairs[: example.BATCH])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    before = float(loss(labels, model.predict_on_batch(inputs)))
    example.train(model, pairs, learning_rate=2e-2)
    assert float(loss(labels, model.predict_on_batch(inputs))) < before / 2
    (iso,) = example.translate(model, ["12 April 1977"])
    assert len(iso) == 10
    weights = example.alignment(attention, "12 April 1977", iso.replace("^", "0"))
    assert weights.shape == (10, 13)
    capsys.readouterr()
    example.show_alignment(weights, "12 April 1977", iso)
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].split() == list("12 April 1977".replace(" ", "")) and len(lines) == 13


def test_the_whole_example_at_tiny_size(example, monkeypatch, capsys):
    small = example.build_model(width=8, num_heads=2, num_layers=1)
    monkeypatch.setattr(example, "build_model", lambda: small)
    monkeypatch.setattr(example, "HELD_OUT", 3)
    assert 0 <= example.main(["--steps", "2"]) <= 1
    assert "of 3 dates of held-out days are right" in capsys.readouterr().out
