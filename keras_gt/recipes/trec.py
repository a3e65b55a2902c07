"""TREC: what a question asks for, from a graph of its words."""

import numpy as np

from keras_gt.recipes import word_graphs


def split(data):
    """The published test questions; a tenth of the others, drawn once, is for validation."""
    published = data.split()
    order = np.random.default_rng(0).permutation(published["train"])
    count = len(order) // 10
    return {
        "train": np.sort(order[count:]),
        "validation": np.sort(order[:count]),
        "test": published["test"],
    }


def word_graph_recipe():
    """A small Transformer from scratch."""
    return word_graphs.recipe(
        "word_graph_trec",
        texts="questions",
        epochs=14,
        dataset="trec",
        description="What a question asks for (a person, a place, a number, ...), from the graph "
        "of its words.",
        split=split,
        split_words="published: 500 test questions; of the other 5,452 a tenth, drawn once, is "
        "for validation",
        paper={
            "title": "Kim, 2014, CNN-rand",
            "url": "https://arxiv.org/abs/1408.5882",
            "value": 91.2,
            "note": "a convolutional network, also without pretrained word vectors",
        },
        notes=[
            "Ten of the 500 test questions are in the published training part, word for word; "
            "they stay there.",
        ],
    )
