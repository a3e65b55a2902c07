import functools

import keras
import numpy as np

from keras_gt import datasets
from keras_gt.graph import neighbourhood, subgraph
from keras_gt.loaders import GraphLoader
from keras_gt.recipes.area_under_roc import area_under_roc
from keras_gt.recipes.keep_best import KeepBest
from keras_gt.recipes.recipe import Recipe
from keras_gt.recipes.restarting import restart
from keras_gt.recipes.run_records import MAIN

_SAMPLE_NODES = 60


class NodeRecipe(Recipe):
    """One graph with labels on nodes; the runs are seeds of one split, or the splits.

    Args:
        name: str.
        task: function (dataset) -> compiled task.
        epochs: int, the most epochs.
        runs: "seeds" or "splits": what differs from run to run.
        num_runs: int.
        roc_auc: bool, whether the metric is ROC-AUC of yes or no instead of accuracy.
        stopping: function () -> callback with `restore`, `best_epoch` and `best_accuracy`, which
            reads the epoch's logs; None to keep the best epoch on validation.
        every: int, epochs between two looks at validation, without `stopping`.
        patience: int, epochs, without `stopping`.
        crops: dict of `count`, `nodes` and `per_batch`: trains on so many neighbourhoods of random
            nodes, anew for each run, instead of on the whole graph; an epoch is all of them once.
        **kwargs: of `Recipe`.
    """

    def __init__(
        self,
        name,
        *,
        task,
        epochs,
        runs,
        num_runs,
        roc_auc=False,
        stopping=None,
        every=1,
        patience=None,
        crops=None,
        **kwargs,
    ):
        kind = "seed" if runs == "seeds" else "split"
        super().__init__(name, run_names=[f"{kind} {n}" for n in range(num_runs)], **kwargs)
        self._make_task = task
        self.epochs = epochs
        self.runs = runs
        self.roc_auc = roc_auc
        self.stopping = stopping
        self.every = every
        self.patience = patience
        self.crops = crops
        self._compiled = None

    @functools.cached_property
    def data(self):
        return datasets.load(self.dataset)

    def build(self, number=0, variant=MAIN):
        return self._make_task(self.data)

    def _split(self, number):
        return number if self.runs == "splits" else 0

    @property
    def _labels(self):
        labels = self.data.labels_batch
        return labels[..., None].astype("float32") if self.roc_auc else labels

    def train(self, number, variant, work, deadline):
        if self._compiled is None:
            self._compiled = self.build()
        task = self._compiled
        restart(task, self.build, number)
        callback, validation_data = self._watch(task, number)
        history = task.fit(
            **self._training(number),
            epochs=self.epochs,
            validation_data=validation_data,
            callbacks=[callback],
            verbose=0,
        )
        callback.restore()
        record = {
            "value": self.score(task, number, "test"),
            "validation": self.score(task, number, "validation"),
            "epochs": len(history.epoch),
            "best_epoch": callback.best_epoch,
        }
        if isinstance(callback, KeepBest):
            record["curve"] = [[epoch, round(value, 3)] for epoch, value in callback.curve]
        return task, record

    def _training(self, number):
        """What `fit` trains on: the graph, or crops of it."""
        weights = self.data.sample_weights("train", self._split(number))
        if self.crops is None:
            return {"x": self.data.inputs, "y": self._labels, "sample_weight": weights}
        graph = self.data.prepared_graph
        rng = np.random.default_rng(number)
        middles = rng.integers(0, graph.num_nodes, self.crops["count"])
        crops = [neighbourhood(graph, middle, self.crops["nodes"]) for middle in middles]
        loader = GraphLoader(
            [part for part, _ in crops],
            [self._labels[0][nodes] for _, nodes in crops],
            [weights[0][nodes] for _, nodes in crops],
            graphs_per_batch=self.crops["per_batch"],
            max_shapes=1,
            shuffle=True,
            seed=number,
            label_level="node",
        )
        return {"x": loader, "shuffle": False}  # the loader has an order for each epoch

    def _watch(self, task, number):
        if self.stopping is None:
            keep = KeepBest(
                lambda: self.score(task, number, "validation"), True, self.every, self.patience
            )
            return keep, None
        weights = self.data.sample_weights("validation", self._split(number))
        return self.stopping(), (self.data.inputs, self._labels, weights)

    def score(self, task, number, part):
        """The metric on the nodes of one part, in percent."""
        logits = keras.ops.convert_to_numpy(task.predict_on_batch(self.data.inputs))[0]
        nodes = self.data.split(self._split(number))[part]
        labels = self.data.labels[nodes]
        if not self.roc_auc:
            return 100 * float(np.mean(logits[nodes].argmax(axis=-1) == labels))
        return 100 * area_under_roc(labels, logits[nodes, 0])

    def evaluate(self, task, run=None):
        number = self.run_names.index(run) if run else 0
        nodes = self.data.split(self._split(number))["test"]
        value = self.score(task, number, "test")
        return {"value": value, "part": "test", "nodes": int(nodes.sum())}

    def sample(self, task, number):
        graph = self.data.prepared_graph
        test = np.flatnonzero(self.data.split(self._split(number))["test"])
        near = np.isin(graph.receivers, test[: _SAMPLE_NODES // 4])
        nodes = np.unique(np.concatenate([test[: _SAMPLE_NODES // 4], graph.senders[near]]))
        return subgraph(graph, nodes[: 4 * _SAMPLE_NODES]).inputs()
