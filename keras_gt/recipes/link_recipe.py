import functools

import numpy as np

from keras_gt import datasets
from keras_gt.recipes.area_under_roc import area_under_roc
from keras_gt.recipes.recipe import Recipe
from keras_gt.recipes.restarting import restart
from keras_gt.recipes.run_records import MAIN

PARTS = ("train", "validation", "test")


class LinkRecipe(Recipe):
    """One graph, some of whose links are hidden; the runs hide others each time.

    In every run a tenth of the links is for test and a tenth for validation; the model sees the
    graph of the others. The pairs that are no links are cut as well, half for training. All epochs
    are run: so few links in validation cannot choose among epochs.

    Args:
        name: str.
        task: function (dataset) -> compiled `keras_gt.models.LinkPredictor`.
        epochs: int.
        num_runs: int.
        **kwargs: of `Recipe`.
    """

    def __init__(self, name, *, task, epochs, num_runs, **kwargs):
        super().__init__(name, run_names=[f"links {n}" for n in range(num_runs)], **kwargs)
        self._make_task = task
        self.epochs = epochs
        self._compiled = None

    @functools.cached_property
    def data(self):
        return datasets.load(self.dataset)

    def build(self, number=0, variant=MAIN):
        return self._make_task(self.data)

    def parts(self, number):
        """Each part's links (n, 2) and pairs that are none (n, 2): a dict of pairs of arrays."""
        graph = self.data.graph
        linked = np.zeros((graph.num_nodes, graph.num_nodes), bool)
        linked[graph.senders, graph.receivers] = True
        first, second = np.triu_indices(graph.num_nodes, 1)
        pairs = np.stack([first, second], axis=1).astype(np.int32)
        is_link = linked[first, second] | linked[second, first]
        random = np.random.default_rng(number)
        links, others = (random.permutation(pairs[is_link == kind]) for kind in (True, False))
        cuts = (round(0.8 * len(links)), round(0.9 * len(links)))
        other_cuts = (len(others) // 2, 3 * len(others) // 4)
        parts = zip(np.split(links, cuts), np.split(others, other_cuts), strict=True)
        return dict(zip(PARTS, parts, strict=True))

    def graph(self, number):
        """The graph of the training links alone."""
        links, _ = self.parts(number)["train"]
        both = np.concatenate([links, links[:, ::-1]])
        return self.data.graph.replace(senders=both[:, 0], receivers=both[:, 1])

    def train(self, number, variant, work, deadline):
        if self._compiled is None:
            self._compiled = self.build()
        task = self._compiled
        restart(task, self.build, number)
        links, others = self.parts(number)["train"]
        (graph,) = task.preprocess(self.graph(number))
        inputs = {**graph.inputs(), "pairs": np.concatenate([links, others])[None]}
        labels = np.repeat([1.0, 0.0], [len(links), len(others)])[None]
        weights = np.repeat([0.5 / len(links), 0.5 / len(others)], [len(links), len(others)])
        history = task.fit(
            inputs,
            labels,
            sample_weight=len(weights) * weights[None],
            epochs=self.epochs,
            verbose=0,
        )
        return task, {
            "value": self.score(task, number, "test"),
            "validation": self.score(task, number, "validation"),
            "epochs": len(history.epoch),
        }

    def score(self, task, number, part):
        """ROC-AUC of one part's links among its other pairs, in percent."""
        links, others = self.parts(number)[part]
        pairs = np.concatenate([links, others])
        scores = task.predict_links(self.graph(number), pairs)
        return 100 * area_under_roc(np.repeat([1, 0], [len(links), len(others)]), scores)

    def evaluate(self, task, run=None):
        number = self.run_names.index(run) if run else 0
        links, others = self.parts(number)["test"]
        return {
            "value": self.score(task, number, "test"),
            "part": "test",
            "links": len(links),
            "other pairs": len(others),
        }

    def sample(self, task, number):
        links, others = self.parts(number)["test"]
        pairs = np.concatenate([links, others])[None]
        (graph,) = task.preprocess(self.graph(number))
        return {**graph.inputs(), "pairs": pairs}
