import keras
import numpy as np
import pytest

from benchmarks.questions import hard_training, heads_and_attention
from benchmarks.questions.word_tasks import aggregation_layer, synthetic

TINY = {"gat_width": 16, "width": 8, "epochs": 2, "patience": 9}
SIZES = {"width": 16, "batch": 32, "max_words": 8, "epochs": 1, "rate": 1e-3, "dropout": 0.1}


def test_heads_and_fixed_scores_have_the_same_parameters():
    task = heads_and_attention.two_communities()
    settings = {s["aggregation"]: s for s in heads_and_attention.settings_of("cora")}
    four = {**settings["gat"], "heads": 4}
    results = [
        heads_and_attention.node_runs(setting, task, TINY)(0)
        for setting in (four, settings[heads_and_attention.WITHOUT_SCORES])
    ]
    assert results[0]["parameters"] == results[1]["parameters"]
    for result in results:
        assert 0 <= result["test"] <= 100 and 1 <= result["best_epoch"] <= TINY["epochs"]


def test_plain_reductions_have_the_parameters_of_attention():
    counts = set()
    for setting in heads_and_attention.settings_of("trec"):
        layer = aggregation_layer(setting["aggregation"], setting["heads"], 8)
        layer.build((1, 5, 8))
        counts.add(layer.count_params())
    assert counts == {4 * 8**2}


def test_a_run_can_be_made_again():
    setting = hard_training.training_settings()[0]
    run = hard_training.training_runs(setting, synthetic(64), SIZES)
    first, second, again = run(0), run(1), run(0)
    assert first["losses"] != second["losses"]
    np.testing.assert_allclose(first["losses"], again["losses"], rtol=1e-4)


def test_gradients_are_those_of_the_loss():
    task = synthetic(64)
    setting = {"residual": "pre", "layers": 1, "width": 16}
    result = hard_training.gradient_runs(setting, task, SIZES)(3)
    keras.utils.set_random_seed(3)
    model = hard_training.classifier(task, "pre", 1, 16, SIZES["max_words"])
    kernel = hard_training.blocks(model)[-1].feed_forward.contract.kernel
    inputs, labels = task["train"]
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    start = keras.ops.convert_to_numpy(kernel)
    direction = np.random.default_rng(0).normal(size=start.shape)
    values = []
    for step in (1e-2, -1e-2):
        kernel.assign(start + step * direction)
        values.append(float(loss(labels, model.predict_on_batch(inputs))))
    kernel.assign(start)
    slope = abs(values[0] - values[1]) / 2e-2
    assert 0 < slope <= 1.01 * result["last"] * np.linalg.norm(direction)
    assert result["norms"][-1] == result["last"] and len(result["norms"]) == 1


@pytest.mark.parametrize("schedule", ["linear", "noam", "cosine"])
def test_schedules_rise_to_the_same_height(schedule):
    rate = hard_training.learning_rate(schedule, 0.1, 100, 1e-3, width=32)
    rates = keras.ops.convert_to_numpy(keras.ops.map(rate, keras.ops.arange(100)))
    assert max(rates) == pytest.approx(1e-3, rel=1e-4)
    assert np.argmax(rates) in (9, 10) and rates[0] < 2e-4
