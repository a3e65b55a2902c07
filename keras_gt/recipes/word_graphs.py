"""What recipes of short texts share: one small Transformer over the graph of the words."""

import keras

from keras_gt.models import BERT, GraphClassifier, TextPreprocessor
from keras_gt.recipes.graph_recipe import accuracy
from keras_gt.recipes.text_recipe import TextRecipe
from keras_gt.recipes.vocabularies import word_tokenizer

_MAX_WORDS = 64


def _task(data, texts):
    """A Transformer over the words, with means and maxima of what it makes of them."""
    tokenizer = word_tokenizer(texts)
    backbone = BERT(
        tokenizer.get_vocab_size(),
        num_positions=_MAX_WORDS,
        num_segments=0,
        hidden_dim=64,
        num_layers=2,
        num_heads=4,
        intermediate_dim=128,
        dropout=0.5,
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


def recipe(name, texts, epochs, **kwargs):
    """A recipe that trains it from scratch, five seeds, 32 texts a batch.

    Args:
        name: str, the preset's.
        texts: str, what its texts are called in the card.
        epochs: int.
        **kwargs: of `TextRecipe`.

    Returns:
        `TextRecipe`.
    """
    return TextRecipe(
        name,
        num_runs=5,
        metric={"name": "test accuracy", "unit": "%", "higher_is_better": True},
        selected_by="validation accuracy",
        settings={
            "model": "2 layers, 64 wide, 4 heads, every word reads every word; means and maxima "
            "over the words side by side",
            "words": "those of the training part that are there twice or more, in small letters",
            "dropout": "0.5; 0.1 on attention weights",
            "optimiser": "AdamW, 1e-3 at its height, 1 epoch of warm-up, cosine to 0, decay 1e-2",
            f"{texts} a batch": 32,
            "epochs": f"{epochs}; the best on validation is kept",
        },
        tasks={"preset": _task},
        score=accuracy,
        epochs=epochs,
        graphs_per_batch=32,
        learning_rate=1e-3,
        warmup=1,
        **kwargs,
    )
