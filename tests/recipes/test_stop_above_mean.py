import types

from keras_gt.recipes import StopAboveMean


def run(losses, window):
    callback = StopAboveMean(window)
    callback.set_model(types.SimpleNamespace(stop_training=False))
    for epoch, loss in enumerate(losses):
        callback.on_epoch_end(epoch, {"val_loss": loss, "val_accuracy": 0.5})
        if callback.model.stop_training:
            return epoch
    return None


def test_stops_above_the_mean_of_the_window():
    assert run([1, 1, 1, 1, 1, 2], window=3) == 5
    assert run([6, 5, 4, 3, 2, 1], window=3) is None


def test_not_before_the_window_is_full():
    assert run([1, 2, 3], window=3) is None
