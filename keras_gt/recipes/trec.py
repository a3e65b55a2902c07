"""TREC: what a question asks for, from a graph of its words."""

import keras
import numpy as np

from keras_gt.models import BERT, GraphClassifier, TextPreprocessor
from keras_gt.recipes.graph_recipe import accuracy
from keras_gt.recipes.text_recipe import TextRecipe
from keras_gt.recipes.vocabularies import word_tokenizer

_EPOCHS = 14
_MAX_WORDS = 64


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


def word_classifier(data, texts, **options):
    """A Transformer over the words, with means and maxima of what it makes of them."""
    tokenizer = word_tokenizer(texts)
    backbone = BERT(
        tokenizer.get_vocab_size(),
        num_positions=_MAX_WORDS,
        num_segments=0,
        **options,
    )
    preprocessor = TextPreprocessor(
        tokenizer, max_length=_MAX_WORDS, label_names=list(data.label_names)
    )
    task = GraphClassifier(
        backbone,
        data.num_classes,
        readout=["mean", "max"],
        dropout=0.5,
        preprocessor=preprocessor,
    )
    task.compile(optimizer=keras.optimizers.AdamW(1e-3, weight_decay=1e-2), loss=task.loss)
    return task


def _task(data, texts):
    return word_classifier(
        data,
        texts,
        hidden_dim=64,
        num_layers=2,
        num_heads=4,
        intermediate_dim=128,
        dropout=0.5,
    )


def word_graph_recipe():
    """A small Transformer from scratch."""
    return TextRecipe(
        "word_graph_trec",
        dataset="trec",
        description="What a question asks for (a person, a place, a number, ...), from the graph "
        "of its words.",
        split=split,
        split_words="published: 500 test questions; of the other 5,452 a tenth, drawn once, is "
        "for validation",
        num_runs=5,
        metric={"name": "test accuracy", "unit": "%", "higher_is_better": True},
        selected_by="validation accuracy",
        paper={
            "title": "Kim, 2014, CNN-rand",
            "url": "https://arxiv.org/abs/1408.5882",
            "value": 91.2,
            "note": "a convolutional network, also without pretrained word vectors",
        },
        settings={
            "model": "2 layers, 64 wide, 4 heads, every word reads every word; means and maxima "
            "over the words side by side",
            "words": "those of the training part that are there twice or more, in small letters",
            "dropout": "0.5; 0.1 on attention weights",
            "optimiser": "AdamW, 1e-3 at its height, 1 epoch of warm-up, cosine to 0, decay 1e-2",
            "questions a batch": 32,
            "epochs": f"{_EPOCHS}; the best on validation is kept",
        },
        tasks={"preset": _task},
        score=accuracy,
        epochs=_EPOCHS,
        graphs_per_batch=32,
        learning_rate=1e-3,
        warmup=1,
        notes=[
            "Ten of the 500 test questions are in the published training part, word for word; "
            "they stay there.",
        ],
    )
