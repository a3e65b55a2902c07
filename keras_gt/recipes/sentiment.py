"""The sentiment of sentences, from the graph of their words."""

from keras_gt.recipes.graph_recipe import accuracy
from keras_gt.recipes.text_recipe import TextRecipe
from keras_gt.recipes.trec import word_classifier

_EPOCHS = 8
_METRIC = {"name": "test accuracy", "unit": "%", "higher_is_better": True}


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
    """A small Transformer from scratch: positive or negative."""
    return TextRecipe(
        "word_graph_sst2",
        dataset="sst-trees",
        classes=2,
        description="Whether a sentence about a film is positive, from the graph of its words.",
        split=lambda data: data.split(),
        split_words="published: 6,920 / 872 / 1,821 sentences; neutral ones are left out",
        num_runs=5,
        metric=_METRIC,
        selected_by="validation accuracy",
        paper={
            "title": "Kim, 2014, CNN-rand",
            "url": "https://arxiv.org/abs/1408.5882",
            "value": 82.7,
            "note": "a convolutional network, also without pretrained word vectors, trained on "
            "phrases, too",
        },
        settings={
            "model": "2 layers, 64 wide, 4 heads, every word reads every word; means and maxima "
            "over the words side by side",
            "words": "those of the training part that are there twice or more, in small letters",
            "dropout": "0.5; 0.1 on attention weights",
            "optimiser": "AdamW, 1e-3 at its height, 1 epoch of warm-up, cosine to 0, decay 1e-2",
            "sentences a batch": 32,
            "epochs": f"{_EPOCHS}; the best on validation is kept",
        },
        tasks={"preset": _task},
        score=accuracy,
        epochs=_EPOCHS,
        graphs_per_batch=32,
        learning_rate=1e-3,
        warmup=1,
        notes=[
            "Trained on whole sentences alone; the treebank's labels of their phrases, from which "
            "the published networks learn as well, are not used. No pretrained word vectors."
        ],
    )
