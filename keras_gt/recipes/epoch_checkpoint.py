import json
import os
import time
from pathlib import Path

import keras
import numpy as np


class EpochCheckpoint(keras.callbacks.Callback):
    """Makes a long run survive a kill: its whole state, written now and then, and read again.

    The state is every variable of the model (weights, moving statistics, seed generators) and of
    the optimizer, what a `KeepBest` has seen so far, and the time used.

    Args:
        directory: path of the folder for the state.
        keep: the `KeepBest` of the run.
        deadline: float on the clock of `time.monotonic`; the first epoch that ends after it stops
            the run, with `interrupted` set.
        every_seconds: float, the time between two writes.

    Example:
        >>> import tempfile
        >>> from keras_gt.recipes import KeepBest
        >>> keep = KeepBest(lambda: 0.5, higher_is_better=True)
        >>> EpochCheckpoint(tempfile.mkdtemp(), keep, deadline=0.0).interrupted
        False
    """

    def __init__(self, directory, keep, deadline, every_seconds=120.0):
        super().__init__()
        self.directory = Path(directory)
        self.keep = keep
        self.deadline = deadline
        self.every_seconds = every_seconds
        self.interrupted = False
        self._used = {"seconds": 0.0, "cpu_seconds": 0.0}
        self._started = {"seconds": time.monotonic(), "cpu_seconds": time.process_time()}
        self._written = time.monotonic()

    @property
    def used(self):
        """Wall and CPU seconds of all parts of the run: dict of `seconds` and `cpu_seconds`."""
        now = {"seconds": time.monotonic(), "cpu_seconds": time.process_time()}
        return {key: self._used[key] + now[key] - self._started[key] for key in now}

    def resume(self, task):
        """Gives a built task the stored state; returns the number of epochs that are done."""
        path = self.directory / "state.json"
        if not path.is_file():
            return 0
        state = json.loads(path.read_text("utf-8"))
        if not task.optimizer.built:
            task.optimizer.build(task.trainable_variables)
        with np.load(self.directory / state["variables"], allow_pickle=False) as stored:
            for variable, name in zip(_variables(task), stored.files, strict=True):
                variable.assign(stored[name])
        with np.load(self.directory / state["best_weights"], allow_pickle=False) as stored:
            self.keep.best_weights = [stored[name] for name in stored.files]
        for name in ("best", "best_epoch", "curve"):
            setattr(self.keep, name, state[name])
        self._used = state["used"]
        return state["epoch"]

    def on_epoch_end(self, epoch, logs=None):
        late = time.monotonic() >= self.deadline
        last = epoch + 1 == self.params["epochs"]
        if late or last or time.monotonic() - self._written >= self.every_seconds:
            self._write(epoch + 1)
        if late and not last:
            self.interrupted = True
            self.model.stop_training = True

    def _write(self, epoch):
        """New files first, then the state that names them, then the old files go."""
        self.directory.mkdir(parents=True, exist_ok=True)
        names = {"variables": f"variables-{epoch}.npz", "best_weights": f"best-{epoch}.npz"}
        arrays = [keras.ops.convert_to_numpy(variable) for variable in _variables(self.model)]
        np.savez(self.directory / names["variables"], *arrays)
        np.savez(self.directory / names["best_weights"], *(self.keep.best_weights or ()))
        state = {"epoch": epoch, "used": self.used, **names}
        state.update({name: getattr(self.keep, name) for name in ("best", "best_epoch", "curve")})
        partial = self.directory / ".state.json"
        partial.write_text(json.dumps(state), "utf-8")
        os.replace(partial, self.directory / "state.json")
        for path in self.directory.glob("*.npz"):
            if path.name not in names.values():
                path.unlink()
        self._written = time.monotonic()


def _variables(task):
    return [*task.variables, *task.optimizer.variables]
