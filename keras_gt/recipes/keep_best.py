import keras


class KeepBest(keras.callbacks.Callback):
    """Keeps the weights of the epoch that is best on validation, and stops after long patience.

    Args:
        validate: function without arguments that gives the validation metric.
        higher_is_better: bool.
        every: int, epochs between two looks.
        patience: int, epochs without a better value before the run stops; None for never.
        start: int, the first epoch (counted from 1) that may be kept.

    Example:
        >>> callback = KeepBest(lambda: 0.5, higher_is_better=True)
        >>> callback.best_epoch
        0
    """

    def __init__(self, validate, higher_is_better, every=1, patience=None, start=1):
        super().__init__()
        self.validate = validate
        self.higher_is_better = higher_is_better
        self.every = every
        self.patience = patience
        self.start = start
        self.best = None
        self.best_epoch = 0
        self.best_weights = None
        self.curve = []

    def on_epoch_end(self, epoch, logs=None):
        epoch += 1
        if epoch % self.every:
            return
        value = float(self.validate())
        self.curve.append([epoch, value])
        if logs is not None:
            logs["validation"] = value
        if epoch < self.start:
            return
        if self.best is None or (value > self.best) == self.higher_is_better and value != self.best:
            self.best, self.best_epoch = value, epoch
            self.best_weights = self.model.get_weights()
        elif self.patience is not None and epoch - self.best_epoch >= self.patience:
            self.model.stop_training = True

    def restore(self):
        """Gives the model the kept weights back."""
        if self.best_weights is not None:
            self.model.set_weights(self.best_weights)
