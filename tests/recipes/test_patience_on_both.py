import types

from keras_gt.recipes import PatienceOnBoth


def run(values, patience=2):
    callback = PatienceOnBoth(patience)
    model = types.SimpleNamespace(stop_training=False, weights=0)
    model.get_weights = lambda: model.weights
    model.set_weights = lambda weights: setattr(model, "weights", weights)
    callback.set_model(model)
    for epoch, (loss, accuracy) in enumerate(values):
        model.weights = epoch
        callback.on_epoch_end(epoch, {"val_crossentropy": loss, "val_accuracy": accuracy})
        if model.stop_training:
            break
    callback.restore()
    return epoch, model.weights, callback.best_epoch


def test_the_best_of_both_is_kept():
    values = [(3.0, 0.1), (2.0, 0.2), (1.0, 0.1), (2.0, 0.3)]
    assert run(values) == (3, 1, 2)


def test_the_wait_starts_anew_with_either():
    values = [(3.0, 0.5), (4.0, 0.4), (2.0, 0.1), (4.0, 0.4), (4.0, 0.4), (0.0, 1.0)]
    assert run(values) == (4, 0, 1)
