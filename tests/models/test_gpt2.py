import numpy as np

from keras_gt import testing
from keras_gt.graph import builders, plan_edges
from keras_gt.models import GPT2
from tests.layers.compiled import compiled
from tests.models.text_models import randomised

IDS = np.array([[2, 9, 4, 10, 3], [7, 5, 6, 0, 0]], "int32")
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]], bool)


def small():
    return randomised(GPT2(11, 6, num_layers=2, num_heads=2, num_positions=7))


def test_no_word_reads_a_later_one_unless_edges_say_so():
    function = compiled(small())
    tokens = {"node_features": IDS, "node_mask": MASK}
    expected = testing.comparison.evaluate(function, tokens)[0]
    changed = {**tokens, "node_features": np.where(np.arange(5) < 2, IDS, 8).astype("int32")}
    found = testing.comparison.evaluate(function, changed)[0]
    assert np.abs(found - expected)[:, :2].max() == 0
    assert np.abs(found - expected)[:, 2:].max() > 1e-2
    senders, receivers = (np.stack([ends, ends]) for ends in builders.causal(5))
    mask = MASK[np.arange(2)[:, None], receivers]
    plan = plan_edges(senders, receivers, mask, num_nodes=5)
    del plan["order"]
    lists = testing.comparison.evaluate(function, {**tokens, **plan})[0]
    testing.assert_close(lists, expected, where=MASK, tolerance=1e-6)
    every = {**tokens, "adjacency": np.ones((2, 5, 5), bool)}
    assert np.abs(testing.comparison.evaluate(function, every)[0] - expected)[:, :2].max() > 1e-2


def parameters(vocabulary, width, layers, places):
    """The learned numbers of GPT-2, part by part."""
    norm = 2 * width
    attention = 4 * width * (width + 1)
    feed_forward = 8 * width * width + 5 * width
    return (vocabulary + places) * width + layers * (attention + feed_forward + 2 * norm) + norm


def test_the_papers_size():
    assert small().count_params() == parameters(11, 6, 2, 7)
    assert parameters(50257, 768, 12, 1024) == 124_439_808  # the released file; the paper says 117M
