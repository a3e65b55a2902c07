import keras


class LowestLoss(keras.callbacks.Callback):
    """Keeps the weights of the epoch with the lowest validation loss.

    Example:
        >>> LowestLoss().best_epoch
        0
    """

    def __init__(self):
        super().__init__()
        self.lowest_loss = float("inf")
        self.best_epoch = 0
        self.best_weights = None
        self.best_accuracy = 0.0

    def on_epoch_end(self, epoch, logs=None):
        if logs["val_crossentropy"] < self.lowest_loss:
            self.lowest_loss = logs["val_crossentropy"]
            self.best_epoch, self.best_accuracy = epoch + 1, logs["val_accuracy"]
            self.best_weights = self.model.get_weights()

    def restore(self):
        """Gives the model the kept weights back."""
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)
