import numpy as np
import pytest

from keras_gt import testing
from keras_gt.graph import builders, plan_edges
from keras_gt.models import BERT
from tests.layers.compiled import compiled
from tests.models.text_models import randomised

IDS = np.array([[2, 9, 4, 10, 3], [7, 5, 6, 0, 0]], "int32")
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]], bool)
TOKENS = {"node_features": IDS, "node_mask": MASK}


def small(**options):
    return randomised(BERT(11, 6, num_layers=2, num_heads=2, num_positions=7, **options))


def lists(build, *arguments):
    """The planned edge lists of a builder on both sentences."""
    senders, receivers = (np.stack([ends, ends]) for ends in build(5, *arguments))
    rows = np.arange(2)[:, None]
    mask = MASK[rows, senders] & MASK[rows, receivers]
    plan = plan_edges(senders, receivers, mask, num_nodes=5)
    del plan["order"]
    return plan


def adjacency(build, *arguments):
    """The same edges as a mask."""
    dense = np.zeros((2, 5, 5), bool)
    senders, receivers = build(5, *arguments)
    dense[:, receivers, senders] = True
    return {"adjacency": dense & MASK[:, :, None] & MASK[:, None]}


def test_edges_in_every_form():
    function = compiled(small())
    complete, window = builders.complete, builders.window
    found = [
        testing.comparison.evaluate(function, {**TOKENS, **edges})[0]
        for edges in ({}, lists(complete), adjacency(complete), lists(window, 1))
    ]
    testing.assert_close(found[1], found[0], where=MASK, tolerance=1e-6)
    testing.assert_close(found[2], found[0], where=MASK, tolerance=1e-6)
    assert np.abs(found[3] - found[0])[MASK].max() > 1e-2
    other = testing.comparison.evaluate(function, {**TOKENS, **adjacency(window, 1)})[0]
    testing.assert_close(other, found[3], where=MASK, tolerance=1e-6)


def test_segments_and_places():
    run = small().predict_on_batch
    expected = run(TOKENS)
    zeros, places = np.zeros((2, 5), "int32"), np.tile(np.arange(5, dtype="int32"), (2, 1))
    given = {**TOKENS, "segment_ids": zeros, "position_ids": places}
    assert np.abs(run(given) - expected).max() < 1e-6
    assert np.abs(run({**given, "segment_ids": zeros + 1}) - expected).max() > 1e-2
    nowhere = run({**given, "position_ids": zeros - 1})[0]
    swapped = {**given, "position_ids": zeros - 1, "node_features": IDS[:, ::-1]}
    swapped = run({**swapped, "node_mask": np.ones_like(MASK)})[0]
    assert np.abs(nowhere - swapped[::-1]).max() < 1e-5  # without places words are a set


def parameters(vocabulary, width, layers, inner, places):
    """The learned numbers of BERT, part by part."""
    norm, square = 2 * width, width * (width + 1)
    tables = (vocabulary + places + 2) * width
    feed_forward = 2 * width * inner + inner + width
    return tables + norm + layers * (4 * square + feed_forward + 2 * norm)


def test_the_members_of_the_family():
    assert small(share_layers=True).count_params() < small().count_params()
    albert = small(share_layers=True, embedding_dim=4)
    assert [layer.name for layer in albert.layers].count("block") == 1
    assert albert.get_layer("embedding").token.table.shape == (11, 4)
    assert small().count_params() == parameters(11, 6, 2, 24, 7)
    # the paper's 110M: 109,482,240 with the pooler
    assert parameters(30522, 768, 12, 3072, 512) == 109_482_240 - (768 * 768 + 768)
    assert small(position_offset=2).max_nodes == 5


def test_errors():
    with pytest.raises(ValueError, match="hidden_dim must be a multiple of num_heads"):
        BERT(11, 6, num_heads=4)
    with pytest.raises(ValueError, match="node_features must have at most 5 nodes"):
        compiled(small(position_offset=2))({"node_features": np.ones((1, 6), "int32")})
    model = compiled(small())
    with pytest.raises(ValueError, match="edges must be an adjacency or edge lists, not both"):
        model({**TOKENS, **lists(builders.complete), **adjacency(builders.complete)})
    with pytest.raises(ValueError, match=r"inputs must have the keys \['node_features'\]"):
        model({"node_mask": MASK})
    with pytest.raises(ValueError, match="edges must have senders and receivers"):
        model({**TOKENS, "edge_mask": MASK})
