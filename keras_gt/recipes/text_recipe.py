import functools

from keras_gt import datasets
from keras_gt.loaders import GraphLoader
from keras_gt.recipes.graph_recipe import GraphRecipe
from keras_gt.recipes.run_records import MAIN

_SAMPLE_TEXTS = 8


class TextRecipe(GraphRecipe):
    """Many texts with a label each; the runs are seeds of one split.

    Args:
        name: str.
        split: function (data) -> {"train", "validation", "test"} of text numbers.
        split_words: str, the split in words.
        tasks: dict from "preset" and each baseline's name to a function (data, items of the
            training part) -> compiled task, whose vocabulary is that of the training part.
        num_runs: int, seeds.
        classes: int, of a data set that can be read with more classes or fewer; or None.
        graph_a_row: bool, whether each row of a batch is one text: for models that count places
            from the start of a row.
        **kwargs: of `GraphRecipe`.
    """

    def __init__(
        self, name, *, split, split_words, num_runs, classes=None, graph_a_row=True, **kwargs
    ):
        super().__init__(
            name,
            folds=lambda data: [split(data)] * num_runs,
            split=split_words,
            run_names=[f"seed {number}" for number in range(num_runs)],
            graph_a_row=graph_a_row,
            **kwargs,
        )
        self.classes = classes

    @functools.cached_property
    def data(self):
        options = {} if self.classes is None else {"classes": self.classes}
        return datasets.load(self.dataset, **options)

    @property
    def items(self):
        """What the tasks read, a list: the texts."""
        return self.data.texts

    def build(self, number=0, variant=MAIN):
        training = [self.items[index] for index in self.folds[number]["train"]]
        return self._tasks[variant](self.data, training)

    def sample(self, task, number):
        """A few texts of the test part, in rows as the task reads them."""
        numbers = self.folds[number]["test"][:_SAMPLE_TEXTS]
        graphs = task.preprocess([self.items[index] for index in numbers])
        rows = len(graphs) if self.graph_a_row else 1
        return GraphLoader(graphs, graphs_per_batch=len(graphs), rows=rows)[0][0]
