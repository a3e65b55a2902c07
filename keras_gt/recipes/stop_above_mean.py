import keras


class StopAboveMean(keras.callbacks.Callback):
    """The early stopping of GCN's authors: stops once the loss is above its mean of late.

    Training ends after an epoch whose validation loss is above the mean of those of the epochs
    before it, the weights of that epoch stay.

    Args:
        window: int, number of epochs before it; as many must have passed.

    Example:
        >>> StopAboveMean(window=10).losses
        []

    Reference:
        Kipf and Welling, 2017, https://arxiv.org/abs/1609.02907, section 5.2.
    """

    def __init__(self, window):
        super().__init__()
        self.window = window
        self.losses = []
        self.best_epoch = 0
        self.best_accuracy = 0.0

    def on_epoch_end(self, epoch, logs=None):
        self.losses.append(logs["val_loss"])
        self.best_epoch, self.best_accuracy = epoch + 1, logs["val_accuracy"]
        recent = self.losses[-self.window - 1 : -1]
        if epoch > self.window and self.losses[-1] > sum(recent) / len(recent):
            self.model.stop_training = True

    def restore(self):
        """The last epoch's weights are the result."""
