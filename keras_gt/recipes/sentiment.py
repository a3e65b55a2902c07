"""The sentiment of sentences, from the graph of their words."""

from keras_gt.recipes import word_graphs


def word_graph_recipe():
    """A small Transformer from scratch: positive or negative."""
    return word_graphs.recipe(
        "word_graph_sst2",
        texts="sentences",
        epochs=8,
        dataset="sst-trees",
        classes=2,
        description="Whether a sentence about a film is positive, from the graph of its words.",
        split=lambda data: data.split(),
        split_words="published: 6,920 / 872 / 1,821 sentences; neutral ones are left out",
        paper={
            "title": "Kim, 2014, CNN-rand",
            "url": "https://arxiv.org/abs/1408.5882",
            "value": 82.7,
            "note": "a convolutional network, also without pretrained word vectors, trained on "
            "phrases, too",
        },
        notes=[
            "Trained on whole sentences alone; the treebank's labels of their phrases, from which "
            "the published networks learn as well, are not used. No pretrained word vectors."
        ],
    )
