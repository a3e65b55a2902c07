"""Recipes on a few sentences: is there a "good" in it?"""

import keras
import numpy as np

from keras_gt.datasets import TextDataset
from keras_gt.datasets import info as dataset_info
from keras_gt.graph import ConstituencyTree
from keras_gt.models import (
    BERT,
    GraphClassifier,
    GraphTransformer,
    NodeClassifier,
    TextPreprocessor,
    TreePreprocessor,
)
from keras_gt.recipes import TextRecipe, TreeRecipe
from keras_gt.recipes.graph_recipe import accuracy
from keras_gt.recipes.vocabularies import tree_tokenizer, word_tokenizer

OPTIONS = {
    "dataset": "trec",
    "description": "For tests.",
    "split": lambda data: data.split(),
    "split_words": "one",
    "num_runs": 2,
    "metric": {"name": "accuracy", "unit": "%", "higher_is_better": True},
    "selected_by": "validation accuracy",
    "paper": {},
    "settings": {},
    "score": accuracy,
    "epochs": 2,
    "graphs_per_batch": 6,
    "learning_rate": 1e-2,
    "warmup": 1,
}


def small_texts():
    labels = np.arange(24) % 2
    trees = [
        ConstituencyTree.from_brackets(f"({y} (0 Film) ({y} ({y} {word}) (0 it{n // 12})))")
        for n, y in enumerate(labels)
        for word in [("bad", "good")[y]]
    ]
    numbers = np.arange(24)
    split = {"train": numbers[:12], "validation": numbers[12:18], "test": numbers[18:]}
    return TextDataset(
        name="trec",
        texts=[" ".join(tree.words) for tree in trees],
        labels=labels.astype("int32"),
        num_classes=2,
        label_names=("no", "yes"),
        splits={"only": [split]},
        info=dataset_info("trec"),
        trees=trees,
    )


def word_task(data, texts):
    tokenizer = word_tokenizer(texts)
    backbone = BERT(
        tokenizer.get_vocab_size(),
        hidden_dim=4,
        num_layers=1,
        num_heads=2,
        num_positions=5,
        num_segments=0,
    )
    preprocessor = TextPreprocessor(tokenizer, max_length=5, label_names=["no", "yes"])
    task = GraphClassifier(backbone, 2, readout="max", preprocessor=preprocessor)
    task.compile(optimizer=keras.optimizers.Adam(1e-3), loss=task.loss)
    return task


def tree_task(data, trees):
    tokenizer = tree_tokenizer(trees)
    backbone = GraphTransformer(
        {"categories": [tokenizer.get_vocab_size()]},
        4,
        num_layers=1,
        num_heads=2,
        edge_features={"categories": [2]},
    )
    task = NodeClassifier(backbone, 2, preprocessor=TreePreprocessor(tokenizer))
    task.compile(optimizer=keras.optimizers.Adam(1e-3), loss=task.loss)
    return task


def small_recipe(kind):
    """A `TextRecipe` or a `TreeRecipe`."""
    task = {TextRecipe: word_task, TreeRecipe: tree_task}[kind]
    recipe = kind("small", tasks={"preset": task}, **OPTIONS)
    recipe.__dict__["data"] = small_texts()
    return recipe
