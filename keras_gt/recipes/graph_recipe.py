import functools

import keras
import numpy as np

from keras_gt import datasets
from keras_gt.graph import batch_graphs
from keras_gt.loaders import GraphLoader
from keras_gt.recipes.epoch_checkpoint import EpochCheckpoint
from keras_gt.recipes.keep_best import KeepBest
from keras_gt.recipes.recipe import Recipe
from keras_gt.recipes.run_records import MAIN

_SAMPLE_GRAPHS = 8


class GraphRecipe(Recipe):
    """Many graphs with a label each, or with labels on their nodes; the runs are folds.

    Args:
        name: str.
        tasks: dict from "preset" and each baseline's name to a function (data, labels of the
            training graphs) -> compiled task.
        folds: function (data) -> list of {"train", "validation", "test"} index arrays, one a run.
        run_names: list of str, one a fold.
        score: function (labels (G,), outputs (G, ...)) -> the metric, on NumPy arrays; with
            labels on nodes, of all nodes of the part.
        epochs: int.
        graphs_per_batch: int.
        learning_rate: float at its height; it rises over `warmup` epochs and falls to zero as a
            cosine.
        warmup: int, epochs.
        patience: int, epochs without a better validation metric before a run stops, or None.
        keep_last: bool, whether a run ends with the weights of its last epoch: few validation
            graphs choose an epoch by chance.
        select: function (labels, outputs) -> number whose lowest value on validation chooses the
            epoch; None for the metric itself.
        transforms: dict from "preset" or a baseline's name to a function graph -> graph that its
            graphs go through before the task's preprocessor; None for none.
        resumable: bool, whether a run is long enough to go on after a kill from its last epochs,
            and to stop at the deadline; short runs are begun again.
        seeds: int, how often each run is trained anew, each time from another seed; the training
            that is best on validation is the run, and its record has them all.
        graph_a_row: bool, whether each row of a batch is one graph: for dense attention.
        left_out: function (data) -> index array of graphs that no run trains or selects on, so
            they are added to no training or validation part; None for none.
        **kwargs: of `Recipe`.

    Raises:
        ValueError: if a resumable recipe has several seeds.
    """

    def __init__(
        self,
        name,
        *,
        tasks,
        folds,
        score,
        epochs,
        graphs_per_batch,
        learning_rate,
        warmup=5,
        patience=None,
        keep_last=False,
        select=None,
        transforms=None,
        resumable=False,
        seeds=1,
        graph_a_row=False,
        left_out=None,
        **kwargs,
    ):
        super().__init__(name, **kwargs)
        if resumable and seeds > 1:
            raise ValueError(
                "seeds must be 1 where a run is resumable: the state on disk is that of one "
                f"training. Received: seeds={seeds}"
            )
        self._tasks = tasks
        self._folds = folds
        self._score = score
        self.epochs = epochs
        self.graphs_per_batch = graphs_per_batch
        self.learning_rate = learning_rate
        self.warmup = warmup
        self.patience = patience
        self.keep_last = keep_last
        self._select = select
        self._transforms = dict(transforms or {})
        self.resumable = resumable
        self.seeds = seeds
        self.graph_a_row = graph_a_row
        self._left_out = left_out

    @functools.cached_property
    def data(self):
        return datasets.load(self.dataset)

    @property
    def items(self):
        """What the tasks read, a list: the graphs."""
        return self.data.graphs

    def labels_of(self, numbers):
        """The labels of the graphs of these numbers, in the form that a `GraphLoader` takes."""
        return self.data.select(numbers)[1]

    @functools.cached_property
    def folds(self):
        """The folds, without the graphs that are left out in their training and validation."""
        folds = self._folds(self.data)
        if self._left_out is None:
            return folds
        out = self._left_out(self.data)
        return [
            {
                part: numbers if part == "test" else np.setdiff1d(numbers, out)
                for part, numbers in fold.items()
            }
            for fold in folds
        ]

    def build(self, number=0, variant=MAIN):
        return self._tasks[variant](self.data, self.labels_of(self.folds[number]["train"]))

    @property
    def _node_labels(self):
        return isinstance(self.data.labels, list)

    @functools.lru_cache(maxsize=2)  # noqa: B019 - a recipe lives as long as the process
    def prepared(self, variant):
        """All graphs as the task reads them; the encodings take time, so once."""
        transform = self._transforms.get(variant, lambda graph: graph)
        return self.build(0, variant).preprocess([transform(item) for item in self.items])

    def loader(self, number, part, variant=MAIN, shuffle=False, seed=0):
        """A `GraphLoader` over one part of a fold."""
        numbers = self.folds[number][part]
        graphs = self.prepared(variant)
        several = self.graphs_per_batch if shuffle or self.graph_a_row else 256
        return GraphLoader(
            [graphs[index] for index in numbers],
            self.labels_of(numbers),
            label_level="node" if self._node_labels else "graph",
            graphs_per_batch=several,
            rows=several if self.graph_a_row else 1,
            max_shapes=4 if self.graph_a_row else 1 if shuffle else 2,
            shuffle=shuffle,
            seed=seed,
        )

    def train(self, number, variant, work, deadline):
        best, made = None, []
        for turn in range(self.seeds):
            seed = number + turn * len(self.run_names)
            result = self._train_once(number, variant, work, deadline, seed)
            if result is None:
                return None
            record = result[1]
            made.append({"seed": seed, **{key: record[key] for key in ("value", "validation")}})
            if best is None or self._is_better(record, best[1]):
                best = result
        task, record = best
        return task, record if self.seeds == 1 else {**record, "seeds": made}

    def _train_once(self, number, variant, work, deadline, seed):
        keras.utils.set_random_seed(seed)
        task = self.build(number, variant)
        training = self.loader(number, "train", variant, shuffle=True, seed=seed)
        task.optimizer.learning_rate = self.schedule(len(training))
        validation = self.loader(number, "validation", variant)
        criterion = self._select or self._score
        keep = KeepBest(
            lambda: self._measured(task, number, "validation", validation, criterion),
            self._select is None and self.metric["higher_is_better"],
            patience=self.patience,
            start=self.epochs if self.keep_last else 1,
        )
        callbacks, done, used = [keep], 0, {}
        if self.resumable:
            folder = work / f"{variant} {self.run_names[number]}".replace(" ", "_")
            checkpoint = EpochCheckpoint(folder, keep, deadline)
            done = checkpoint.resume(task)
            training.set_epoch(done)
            callbacks.append(checkpoint)
        history = task.fit(
            training,
            initial_epoch=done,
            epochs=self.epochs,
            callbacks=callbacks,
            shuffle=False,  # the loader has an order for each epoch
            verbose=2 if self.resumable else 0,
        )
        if self.resumable:
            if checkpoint.interrupted:
                return None
            used = {key: round(value, 1) for key, value in checkpoint.used.items()}
        keep.restore()
        return task, {
            "value": self.score(task, number, "test", variant),
            "validation": self.score(task, number, "validation", variant),
            "epochs": history.epoch[-1] + 1 if history.epoch else done,
            "best_epoch": keep.best_epoch,
            **used,
            "curve": [[epoch, round(value, 4)] for epoch, value in keep.curve],
        }

    def schedule(self, steps):
        """The learning rate: up over the warm-up, then down to zero as a cosine."""
        return keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=self.learning_rate / 10,
            decay_steps=max(1, (self.epochs - self.warmup) * steps),
            warmup_target=self.learning_rate,
            warmup_steps=self.warmup * steps,
        )

    def score(self, task, number, part, variant=MAIN):
        """The metric on one part of a fold."""
        loader = self.loader(number, part, variant)
        return float(self._measured(task, number, part, loader, self._score))

    def _measured(self, task, number, part, loader, criterion):
        labels = self.labels_of(self.folds[number][part])
        outputs = task.predict(loader)
        if self._node_labels:
            labels, outputs = np.concatenate(labels), np.concatenate(outputs)
        return criterion(labels, outputs)

    def evaluate(self, task, run=None):
        number = self.run_names.index(run) if run else 0
        return {
            "value": self.score(task, number, "test"),
            "part": "test",
            "graphs": len(self.folds[number]["test"]),
        }

    def sample(self, task, number):
        numbers = self.folds[number]["test"][:_SAMPLE_GRAPHS]
        return batch_graphs(task.preprocess([self.items[index] for index in numbers]))


def root_mean_squared_error(labels, outputs):
    """RMSE of outputs (G, 1)."""
    return float(np.sqrt(np.mean((np.asarray(outputs, "float64")[:, 0] - labels) ** 2)))


def mean_absolute_error(labels, outputs):
    """MAE of outputs (G, 1)."""
    return float(np.mean(np.abs(np.asarray(outputs, "float64")[:, 0] - labels)))


def accuracy(labels, outputs):
    """Accuracy in percent of logits (G, C)."""
    return 100 * float(np.mean(np.argmax(outputs, axis=-1) == labels))


def crossentropy(labels, outputs):
    """Mean crossentropy of logits (G, C)."""
    logits = np.asarray(outputs, "float64")
    logits = logits - logits.max(axis=-1, keepdims=True)
    total = np.log(np.exp(logits).sum(axis=-1))
    return float(np.mean(total - logits[np.arange(len(labels)), labels]))


def balanced_accuracy(labels, outputs):
    """Mean over the classes of each class's accuracy in percent, of logits (n, C)."""
    right = np.argmax(outputs, axis=-1) == labels
    return 100 * float(np.mean([np.mean(right[labels == label]) for label in np.unique(labels)]))
