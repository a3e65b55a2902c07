"""The sentiment of sentences, from the graph of their words or from their trees."""

import keras

from keras_gt.models import GraphTransformer, NodeClassifier, TreePreprocessor
from keras_gt.recipes import word_graphs
from keras_gt.recipes.graph_recipe import accuracy
from keras_gt.recipes.tree_recipe import TreeRecipe
from keras_gt.recipes.vocabularies import tree_tokenizer

_TREE_EPOCHS = 5


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


def _tree_task(data, trees):
    """A Transformer in which each phrase reads the words and phrases inside it."""
    tokenizer = tree_tokenizer(trees, min_count=1)
    backbone = GraphTransformer(
        {"categories": [tokenizer.get_vocab_size()]},
        64,
        num_layers=2,
        num_heads=4,
        activation="gelu",
        normalization="layer",
        residual="pre",
        dropout=0.1,
        attention_dropout=0.1,
        input_dropout=0.4,
        embeddings_initializer=keras.initializers.RandomNormal(stddev=0.02),
    )
    preprocessor = TreePreprocessor(tokenizer, edges="spans", label_names=list(data.label_names))
    task = NodeClassifier(backbone, data.num_classes, dropout=0.3, preprocessor=preprocessor)
    task.compile(optimizer=keras.optimizers.AdamW(2e-3, weight_decay=0.3), loss=task.loss)
    return task


def tree_recipe():
    """A graph transformer over constituency trees: five classes."""
    return TreeRecipe(
        "tree_transformer_sst5",
        dataset="sst-trees",
        classes=5,
        description="The sentiment of a sentence about a film and of each phrase in it, very "
        "negative to very positive, from its constituency tree.",
        split=lambda data: data.split(),
        split_words="published: 8,544 / 1,101 / 2,210 sentences",
        num_runs=5,
        metric={"name": "test accuracy", "unit": "%", "higher_is_better": True},
        selected_by="validation accuracy of whole sentences",
        paper={
            "title": "Socher et al., 2013, recursive neural tensor network",
            "url": "https://aclanthology.org/D13-1170",
            "value": 45.7,
            "note": "also with word vectors learned from the labels of this treebank's phrases "
            "alone",
        },
        settings={
            "model": "2 layers, 64 wide, 4 heads; each phrase reads all words and phrases inside "
            "it, words read nobody",
            "words": "those of the training part, in small letters; all phrases begin as one token",
            "loss": "crossentropy of every word and phrase",
            "dropout": "0.4 on the vectors of words, 0.1 in the layers, 0.3 before the head",
            "optimiser": "AdamW, 2e-3 at its height, 1 epoch of warm-up, cosine to 0, decay 0.3",
            "trees a batch": 64,
            "epochs": f"{_TREE_EPOCHS}; the best on validation is kept",
        },
        tasks={"preset": _tree_task},
        score=accuracy,
        epochs=_TREE_EPOCHS,
        graphs_per_batch=64,
        learning_rate=2e-3,
        warmup=1,
        resumable=True,
        notes=[
            "Trained on the labels of all words and phrases; the metric is the accuracy on whole "
            "sentences, whose node is the last of each tree.",
            "The treebank gives a phrase the same label wherever it stands, so a phrase reads "
            "nothing outside itself.",
            "With word vectors learned from other texts more is reached: 51.0 by the constituency "
            "Tree-LSTM of Tai, Socher and Manning, 2015, https://arxiv.org/abs/1503.00075.",
            '`model.predict("(S (DT no) (NNS laughs))")` gives logits for each word, then for each '
            "phrase, the sentence last. The labels in the brackets are not looked at.",
        ],
    )
