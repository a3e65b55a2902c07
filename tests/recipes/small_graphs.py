"""A recipe on a few cycles and paths: which of the two is a graph?"""

import keras
import numpy as np

from keras_gt.datasets import GraphDataset
from keras_gt.datasets import info as dataset_info
from keras_gt.graph import Graph
from keras_gt.models import GIN, GraphClassifier
from keras_gt.recipes.graph_recipe import GraphRecipe, accuracy


def cycle_or_path(size, closed):
    first = np.arange(size - 1 + closed)
    second = (first + 1) % size
    senders, receivers = np.concatenate([first, second]), np.concatenate([second, first])
    return Graph(size, senders, receivers, node_features=np.ones((size, 1), "float32"))


def small_data():
    labels = np.arange(24) % 2
    graphs = [cycle_or_path(4 + n % 5, closed) for n, closed in enumerate(labels)]
    numbers = np.arange(24)
    split = {"train": numbers[:12], "validation": numbers[12:18], "test": numbers[18:]}
    return GraphDataset(
        name="proteins",
        graphs=graphs,
        labels=labels.astype("int32"),
        num_classes=2,
        label_names=(),
        unit="",
        splits={"only": [split]},
        info=dataset_info("proteins"),
    )


def make_task(data, labels):
    task = GraphClassifier(GIN({"dense": 1}, 4, 1, dropout=0.2), data.num_classes)
    task.compile(optimizer=keras.optimizers.Adam(1e-3), loss=task.loss)
    return task


def small_recipe(**options):
    recipe = GraphRecipe(
        "gin_small",
        description="For tests.",
        dataset="proteins",
        split="one",
        run_names=["fold 0"],
        metric={"name": "accuracy", "unit": "%", "higher_is_better": True},
        selected_by="validation accuracy",
        paper={},
        settings={},
        tasks={"preset": make_task},
        folds=lambda data: data.splits["only"],
        score=accuracy,
        epochs=4,
        graphs_per_batch=6,
        learning_rate=1e-2,
        warmup=1,
        **options,
    )
    recipe.__dict__["data"] = small_data()
    return recipe
