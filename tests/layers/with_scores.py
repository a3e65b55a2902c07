"""Checks of returned attention scores, in every form of the edges."""

import keras
import numpy as np

from keras_gt.testing import assert_close
from keras_gt.testing.layer_function import dense_pairs
from tests.layers.compiled import compiled


def lists(inputs):
    """The edge lists of the batch arrays."""
    return {
        "senders": inputs["senders"],
        "receivers": inputs["receivers"],
        "mask": inputs["edge_mask"],
    }


class WithScores:
    """The layer with its attention scores, as a callable."""

    def __init__(self, layer):
        self.layer = layer

    def __call__(self, *arguments, **named):
        return self.layer(*arguments, return_attention_scores=True, **named)


def check_scores(layer, inputs, heads, edge_features=False):
    """Scores are weights: aligned, 0 where masked, of sum 1 for whoever reads; in both forms."""
    keras.utils.set_random_seed(0)
    features, edges, mask = inputs["node_features"], lists(inputs), inputs["edge_mask"]
    shapes = [features.shape] + ([inputs["edge_features"].shape] if edge_features else [])
    layer.build(*shapes)
    function = compiled(WithScores(layer))
    pairs = inputs["edge_features"] if edge_features else None
    *results, scores = function(features, edges, pairs)
    *plain, _ = [*_tuple(compiled(layer)(features, edges, pairs)), None]
    for one, other in zip(results, plain, strict=True):
        assert_close(one, other)
    scores = keras.ops.convert_to_numpy(scores)
    assert scores.shape == (*mask.shape, heads)
    assert not scores[~mask].any() and (scores[mask] > 0).all()
    totals = np.zeros((*inputs["node_mask"].shape, heads))
    for row in range(len(mask)):
        np.add.at(totals[row], inputs["receivers"][row], scores[row])
    reads = totals > 0
    assert np.allclose(totals[reads], 1, atol=1e-4) and reads.any()

    pairs = dense_pairs(inputs, pairs) if edge_features else None
    *_, dense = function(features, dense_pairs(inputs, mask), pairs)
    dense = keras.ops.convert_to_numpy(dense)  # (B, H, N, N)
    row = np.arange(len(mask))[:, None]
    found = np.moveaxis(dense, 1, -1)[row, inputs["receivers"], inputs["senders"]]
    assert_close(found, scores, where=mask, name="dense scores")


def _tuple(results):
    return results if isinstance(results, tuple) else (results,)
