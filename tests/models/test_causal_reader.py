"""Words read one by one against whole texts."""

import keras
import numpy as np
import pytest

from keras_gt.models import BERT, GPT2, CausalLM, CausalReader
from keras_gt.models import causal_reader as module
from keras_gt.testing import assert_close
from tests.models.text_models import language_model, randomised

PROMPTS = [np.array([3, 1, 4, 1, 5]), np.array([9]), np.array([2, 6, 5])]


def model(num_positions=16, **options):
    keras.utils.set_random_seed(2)
    backbone = GPT2(11, 12, 2, options.pop("num_heads", 3), 20, num_positions, **options)
    return CausalLM(randomised(backbone))


def vectors_of_both(task, texts, steps, num_nodes):
    """The last words' vectors at each step, read on and read whole."""
    texts = [list(text) for text in texts]
    reader = CausalReader(task.backbone)
    reader.start(len(texts), num_nodes)
    rng = np.random.default_rng(0)
    for _ in range(steps):
        yield reader.read(texts), task._last_words(texts, num_nodes)
        for text in texts:
            text.append(int(rng.integers(11)))


@pytest.mark.parametrize("options", [{}, {"num_heads": [1, 3], "head_dim": 4}])
def test_each_word_is_what_it_is_in_the_whole_text(options):
    for found, expected in vectors_of_both(model(**options), PROMPTS, 8, 14):
        assert_close(found, expected, 1e-5)


def test_the_same_words_are_written_either_way():
    task = model()
    for options in ({}, {"temperature": 1.0, "top_k": 4, "seed": 3}, {"stop": 7}):
        found = task.generate(PROMPTS, max_new_tokens=9, **options)
        expected = task.generate(PROMPTS, max_new_tokens=9, use_cache=False, **options)
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_array_equal(one, other)
    assert task.generate([PROMPTS[0]], max_new_tokens=0)[0].tolist() == PROMPTS[0].tolist()


def test_a_text_that_outgrows_the_places_is_read_whole_from_there_on(monkeypatch):
    task, whole = model(num_positions=7), []
    read = CausalLM._last_words
    monkeypatch.setattr(
        CausalLM, "_last_words", lambda self, *a: whole.append(len(a[0][0])) or read(self, *a)
    )
    found = task.generate(PROMPTS, max_new_tokens=6)
    assert whole == [8, 9, 10]
    expected = task.generate(PROMPTS, max_new_tokens=6, use_cache=False)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.filterwarnings("ignore:Layer .* does not have a `quantize` method")
def test_the_words_follow_the_weights():
    task = model()
    before = task.generate(PROMPTS, max_new_tokens=8)
    rng = np.random.default_rng(8)
    for weight in task.weights:  # in place, as training does it
        weight.assign(np.array(weight) + rng.normal(0, 0.5, weight.shape))
    after = task.generate(PROMPTS, max_new_tokens=8)
    assert any((one != other).any() for one, other in zip(before, after, strict=True))
    task.quantize("int8")  # other variables
    for found in (after, task.generate(PROMPTS, max_new_tokens=8)):
        assert [len(ids) for ids in found] == [13, 9, 11]
    for found, expected in vectors_of_both(task, PROMPTS, 3, 14):
        assert_close(found, expected, 1e-3)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="backbone must be a GPT2.* Received: BERT"):
        CausalReader(BERT(11, 6, num_layers=1, num_heads=2))
    reader = CausalReader(model().backbone)
    reader.start(1, 3)
    for texts in ([[1, 2, 3, 4]], [[1], [2]]):
        with pytest.raises(ValueError, match="texts must fit the room that was made for them"):
            reader.read(texts)


if keras.backend.backend() != "torch":  # where nothing is compiled

    def test_each_shape_is_compiled_once(monkeypatch):
        traces, call = [], module._Step.call

        def counted(self, inputs):
            traces.append(inputs["node_features"].shape)
            return call(self, inputs)

        monkeypatch.setattr(module._Step, "call", counted)
        task = model()
        task.generate(PROMPTS, max_new_tokens=9)
        first = len(traces)
        assert first <= 3  # prompts and words, and on TensorFlow open sizes for both
        task.generate(PROMPTS[::-1], max_new_tokens=9)
        assert len(traces) == first


def test_half_types_and_saving(tmp_path):
    task = model(dtype="mixed_bfloat16")
    assert [len(ids) for ids in task.generate(PROMPTS, max_new_tokens=4)] == [9, 5, 7]
    task = language_model()
    expected = task.generate("words that", max_new_tokens=4)
    count = len(task.weights)
    assert count == len(task.backbone.weights)
    task.save_to_preset(tmp_path / "preset")
    again = CausalLM.from_preset(tmp_path / "preset")
    assert len(again.weights) == count
    assert again.generate("words that", max_new_tokens=4) == expected
