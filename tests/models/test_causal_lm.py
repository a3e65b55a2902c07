import keras
import numpy as np
import pytest

from keras_gt.models import BERT, GPT2, CausalLM
from keras_gt.models.causal_lm import _draw
from tests.models.text_models import TEXTS, language_model


def test_logits_are_products_with_the_embeddings():
    model = language_model()
    inputs, labels = model.next_word_arrays(TEXTS[:3])
    nodes = np.asarray(model.backbone.predict_on_batch(inputs))
    table = keras.ops.convert_to_numpy(model.backbone.token_table.table)
    found = np.asarray(model.predict_on_batch(inputs))
    assert np.abs(found - nodes @ table.T).max() < 1e-5
    assert model.count_params() == model.backbone.count_params()
    assert labels[0].tolist() == [5, 6, 0, 0] and inputs["node_mask"][0].sum() == 2


def test_learns_a_text_by_heart_and_writes_it(tmp_path):
    model = language_model()
    model.compile(keras.optimizers.Adam(0.05), loss=model.loss)
    inputs, labels = model.next_word_arrays([TEXTS[1]])
    losses = model.fit(inputs, labels, epochs=40, verbose=0).history["loss"]
    assert losses[-1] < 0.1 * losses[0]
    assert model.generate("words that", max_new_tokens=3) == TEXTS[1]
    assert model.generate(["words that"], max_new_tokens=9, stop=4) == [TEXTS[1]]
    model.save_to_preset(tmp_path / "preset")
    again = CausalLM.from_preset(tmp_path / "preset")
    found = again.generate([np.array([6, 7])], max_new_tokens=3)
    assert found[0].tolist() == [6, 7, 8, 10, 4]


def test_a_text_longer_than_the_places_goes_on():
    found = language_model().generate([np.array([4, 5]), np.array([6])], max_new_tokens=9)
    assert [len(tokens) for tokens in found] == [11, 10]


def test_drawing():
    logits = np.log(np.array([[0.5, 0.3, 0.15, 0.05]])).repeat(4000, axis=0)
    shares = np.bincount(_draw(logits, 1.0, None, np.random.default_rng(0)), minlength=4) / 4000
    assert np.abs(shares - [0.5, 0.3, 0.15, 0.05]).max() < 0.03
    drawn = _draw(logits, 1.0, 2, np.random.default_rng(0))
    assert set(drawn) == {0, 1} and abs(drawn.mean() - 0.3 / 0.8) < 0.03
    assert set(_draw(logits, 0.0, None, None)) == {0}
    model = language_model()
    one, other = (model.generate("a", temperature=1.0, max_new_tokens=6, seed=s) for s in (1, 1))
    assert one == other != model.generate("a", temperature=1.0, max_new_tokens=6, seed=2)


def test_errors():
    with pytest.raises(ValueError, match="backbone must have a token_table"):
        CausalLM(BERT(11, 6, num_layers=1, num_heads=2))
    model = language_model()
    with pytest.raises(ValueError, match="temperature must be 0 or more"):
        model.generate("a", temperature=-1)
    with pytest.raises(ValueError, match="prompts must have a token each"):
        model.generate("")
    with pytest.raises(ValueError, match="texts must have two tokens or more"):
        model.next_word_arrays(["a"])
    bare = CausalLM(GPT2(11, 6, num_layers=1, num_heads=2))
    with pytest.raises(ValueError, match="texts must be arrays of tokens for a model without"):
        bare.generate("a")
