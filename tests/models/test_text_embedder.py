import keras
import numpy as np
import pytest

from keras_gt.models import BERT, GraphClassifier, TextEmbedder
from keras_gt.models.export import input_signature
from keras_gt.models.text_batches import padded_tokens
from tests.models.text_models import TEXTS, embedder


@pytest.mark.parametrize("pooling", ["mean", "max", "cls"])
def test_pooling(pooling):
    model = embedder(pooling)
    arrays = padded_tokens(model.preprocessor.token_ids(TEXTS[:2]))
    nodes = np.asarray(model.backbone.predict_on_batch(arrays))
    expected = []
    for words, mask in zip(nodes, arrays["node_mask"], strict=True):
        pooled = {"mean": words[mask].mean(0), "max": words[mask].max(0), "cls": words[0]}[pooling]
        expected.append(pooled / np.linalg.norm(pooled))
    found = np.asarray(model.predict_on_batch(arrays))
    assert np.abs(found - expected).max() < 1e-6


def test_strings_in_embeddings_out():
    model = embedder()
    found = model.predict(TEXTS, batch_size=2)
    assert found.shape == (4, 6)
    assert np.abs(np.linalg.norm(found, axis=1) - 1).max() < 1e-6
    assert np.abs(model.predict(TEXTS[1]) - found[1]).max() < 1e-6
    # the same edges as lists, through the graph loader
    lists = embedder(edges={"kind": "window", "size": 9})
    assert np.abs(lists.predict(TEXTS) - found).max() < 1e-6


def test_distillation_from_strings():
    model = embedder(dropout=0.0, attention_dropout=0.0)
    targets = np.eye(4, 6, dtype="float32")
    model.compile(keras.optimizers.Adam(1e-2), loss=model.loss)
    losses = model.fit(TEXTS, targets, epochs=6, verbose=0).history["loss"]
    assert losses[-1] < 0.8 * losses[0]
    found = model.predict(TEXTS)
    loss = model.evaluate(TEXTS, targets, verbose=0)
    assert loss == pytest.approx(((found - targets) ** 2).mean(), abs=1e-5)


def test_a_graph_classifier_reads_texts():
    model = embedder(dropout=0.0, attention_dropout=0.0)
    classifier = GraphClassifier(model.backbone, 2, preprocessor=model.preprocessor)
    assert classifier.predict(TEXTS).shape == (4, 2)


def test_a_preset_keeps_the_tokenizer(tmp_path):
    model = embedder("max")
    model.save_to_preset(tmp_path / "words")
    assert (tmp_path / "words" / "tokenizer.json").read_text() == model.preprocessor.tokenizer
    again = TextEmbedder.from_preset(tmp_path / "words")
    assert np.array_equal(again.predict(TEXTS), model.predict(TEXTS))
    backbone = BERT.from_preset(tmp_path / "words")
    assert backbone.count_params() == model.backbone.count_params()
    (tmp_path / "words" / "tokenizer.json").write_text("{}")
    with pytest.raises(ValueError, match="tokenizer.json of .* must hold .* bytes but holds 2"):
        TextEmbedder.from_preset(tmp_path / "words")


@pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer")  # never trained
def test_a_keras_file_keeps_the_tokenizer(tmp_path):
    model = embedder("cls")
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert again.preprocessor.get_config() == model.preprocessor.get_config()


def test_what_an_exported_model_takes():
    model = embedder()
    assert "senders" in input_signature(model) and "adjacency" not in input_signature(model)
    tokens = np.ones((1, 2), "int32")
    sample = {"node_features": tokens, "adjacency": np.ones((1, 2, 2), bool)}
    signature = input_signature(model, sample)
    assert signature["adjacency"] == (("batch", "n", "n"), "bool")
    assert set(signature) == set(sample)


def test_errors():
    with pytest.raises(ValueError, match="pooling must be one of"):
        embedder("first")
    with pytest.raises(ValueError, match="backbone must be a keras_gt.models.Backbone"):
        TextEmbedder(None)
    bare = TextEmbedder(BERT(11, 6, num_layers=1, num_heads=2))
    with pytest.raises(ValueError, match="inputs must be graphs for a task without a preproc"):
        bare.predict("graphs")
