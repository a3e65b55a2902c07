import math

import keras
import numpy as np
import pytest

from keras_gt.models import GPT2, CausalLM, TextPreprocessor
from keras_gt.recipes import LanguageRecipe, RunRecords
from keras_gt.recipes.vocabularies import character_tokenizer

TEXTS = ["to be, or not to be? " * 4, "not to be"]


def make_task(text):
    tokenizer = character_tokenizer(text)
    backbone = GPT2(
        tokenizer.get_vocab_size(), hidden_dim=4, num_layers=1, num_heads=2, num_positions=5
    )
    task = CausalLM(backbone, preprocessor=TextPreprocessor(tokenizer, edges="causal"))
    task.compile(optimizer=keras.optimizers.Adam(1e-2), loss=task.loss)
    return task


def small_recipe():
    recipe = LanguageRecipe(
        "causal_small",
        description="For tests.",
        dataset="tiny-shakespeare",
        split="two",
        task=make_task,
        window=5,
        batch=3,
        steps=7,
        num_runs=2,
        published_nats=1.88,
        metric={"name": "bits", "unit": "", "higher_is_better": False},
        selected_by="validation bits",
        paper={},
        settings={},
    )
    recipe.__dict__["texts"] = TEXTS
    return recipe


def test_windows():
    recipe = small_recipe()
    tokenizer = character_tokenizer(TEXTS[0])
    characters = recipe.characters("validation")
    assert characters.tolist() == tokenizer.encode(TEXTS[1]).ids
    first, second = recipe.windows()
    assert first.tolist() == characters[:6].tolist()
    assert second.tolist() == characters[5:].tolist()
    drawn = recipe.random_windows(0)
    assert len(drawn) == 21 and all(len(window) == 6 for window in drawn)
    assert tokenizer.decode(drawn[0]) in TEXTS[0]


def test_a_run_is_scored_on_every_character_but_the_first():
    recipe = small_recipe()
    task, record = recipe.train(1, "preset", None, 0.0)
    nats = 0.0
    for window in recipe.windows():
        (logits,) = np.asarray(task.predict_on_batch({"node_features": window[None, :-1]}))
        for row, right in zip(logits.astype("float64"), window[1:], strict=True):
            nats += np.log(np.exp(row).sum()) - row[right]
    assert record["nats"] == pytest.approx(nats / 8, abs=1e-5)
    assert record["value"] == pytest.approx(record["nats"] / math.log(2))
    measured = recipe.evaluate(task, "seed 1")
    assert measured["characters"] == 8
    assert measured["value"] == pytest.approx(record["value"], rel=1e-6)
    assert recipe.sample(task, 0)["node_features"].shape == (2, 5)


def test_the_card_names_nats(tmp_path):
    records = RunRecords(tmp_path / "runs.json")
    for number, nats in enumerate((1.8, 1.9)):
        records.add(
            {
                "run": f"seed {number}",
                "value": nats / math.log(2),
                "validation": nats / math.log(2),
                "nats": nats,
                "epochs": 1,
                "seconds": 1.0,
                "cpu_seconds": 1.0,
                "backend": "torch",
            }
        )
    described = small_recipe().metadata(records)
    assert described["notes"][0] == "In nats a character: 1.850 ± 0.050, beside 1.88 published."
    assert described["shipped"]["run"] == "seed 0"
