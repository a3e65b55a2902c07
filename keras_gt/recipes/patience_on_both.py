import keras


class PatienceOnBoth(keras.callbacks.Callback):
    """The early stopping of GAT's authors: patience on loss and accuracy, the best of both kept.

    The wait starts anew whenever the validation loss or the validation accuracy is at least as good
    as ever before; weights are kept when both are.

    Args:
        patience: int, epochs.

    Example:
        >>> PatienceOnBoth(patience=100).best_epoch
        0

    Reference:
        Velickovic et al., 2018, https://arxiv.org/abs/1710.10903, section 3.3.
    """

    def __init__(self, patience):
        super().__init__()
        self.patience = patience
        self.lowest_loss = float("inf")
        self.highest_accuracy = 0.0
        self.waited = 0
        self.best_epoch = 0
        self.best_weights = None
        self.best_accuracy = 0.0

    def on_epoch_end(self, epoch, logs=None):
        loss, accuracy = logs["val_crossentropy"], logs["val_accuracy"]
        lower, higher = loss <= self.lowest_loss, accuracy >= self.highest_accuracy
        if lower and higher:
            self.best_weights = self.model.get_weights()
            self.best_epoch, self.best_accuracy = epoch + 1, accuracy
        self.lowest_loss = min(self.lowest_loss, loss)
        self.highest_accuracy = max(self.highest_accuracy, accuracy)
        self.waited = 0 if lower or higher else self.waited + 1
        if self.waited >= self.patience:
            self.model.stop_training = True

    def restore(self):
        """Gives the model the kept weights back."""
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)
