import numpy as np

from keras_gt.recipes.text_recipe import TextRecipe


class TreeRecipe(TextRecipe):
    """The trees of many sentences, each phrase with a label; the runs are seeds of one split.

    Every word and phrase of the training part teaches; the metric is that of whole sentences, the
    last node of each tree.

    Args:
        name: str.
        **kwargs: of `TextRecipe`, whose tasks classify nodes and read trees.
    """

    _node_labels = True

    def __init__(self, name, **kwargs):
        super().__init__(name, graph_a_row=False, **kwargs)

    @property
    def items(self):
        """What the tasks read, a list: the trees."""
        return self.data.trees

    def labels_of(self, numbers):
        """The labels of the words and phrases: one array a tree."""
        return [np.array(self.items[n].labels, dtype=np.int32) for n in numbers]

    def _measured(self, task, number, part, loader, criterion):
        numbers = self.folds[number][part]
        outputs = task.predict(loader)
        return criterion(self.data.labels[numbers], np.stack([nodes[-1] for nodes in outputs]))
