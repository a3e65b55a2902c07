import types

import pytest

from keras_gt.recipes import KeepBest


def run(values, higher, **options):
    values = iter(values)
    keep = KeepBest(lambda: next(values), higher, **options)
    model = types.SimpleNamespace(stop_training=False, weights=0)
    model.get_weights = lambda: model.weights
    model.set_weights = lambda weights: setattr(model, "weights", weights)
    keep.set_model(model)
    for epoch in range(6):
        model.weights = epoch + 1
        keep.on_epoch_end(epoch, {})
        if model.stop_training:
            break
    keep.restore()
    return model.weights, keep


@pytest.mark.parametrize("higher, best", [(True, 3), (False, 5)])
def test_best_epoch(higher, best):
    weights, keep = run([2, 1, 4, 4, 0, 3], higher)
    assert weights == keep.best_epoch == best
    assert [epoch for epoch, _ in keep.curve] == [1, 2, 3, 4, 5, 6]


def test_every_and_patience():
    weights, keep = run([2, 1, 0], True, every=2, patience=4)
    assert keep.curve == [[2, 2.0], [4, 1.0], [6, 0.0]]
    assert weights == 2 and keep.model.stop_training


def test_start():
    weights, keep = run([4, 1, 2, 3, 0, 1], True, start=3)
    assert weights == keep.best_epoch == 4
    assert [epoch for epoch, _ in keep.curve] == [1, 2, 3, 4, 5, 6]
