import types

from keras_gt.recipes import LowestLoss


def test_keeps_the_weights_of_the_lowest_loss():
    weights = []
    callback = LowestLoss()
    model = types.SimpleNamespace(get_weights=lambda: weights[-1], set_weights=weights.append)
    callback.set_model(model)
    for epoch, loss in enumerate([3.0, 1.0, 2.0]):
        weights.append(f"epoch {epoch + 1}")
        callback.on_epoch_end(epoch, {"val_crossentropy": loss, "val_accuracy": 0.5 + loss})
    callback.restore()
    assert weights[-1] == "epoch 2"
    assert callback.best_epoch == 2
    assert callback.best_accuracy == 1.5


def test_without_an_epoch_the_model_is_left_as_it_is():
    callback = LowestLoss()
    callback.set_model(types.SimpleNamespace())
    callback.restore()
    assert callback.best_epoch == 0
