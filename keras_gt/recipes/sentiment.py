"""The sentiment of sentences, from the graph of their words or from their trees."""

import keras

from keras_gt.models import GraphTransformer, NodeClassifier, TreePreprocessor
from keras_gt.recipes.graph_recipe import accuracy
from keras_gt.recipes.text_recipe import TextRecipe
from keras_gt.recipes.trec import word_classifier
from keras_gt.recipes.tree_recipe import TreeRecipe
from keras_gt.recipes.vocabularies import tree_tokenizer

_WORD_EPOCHS = 8
_TREE_EPOCHS = 8
_METRIC = {"name": "test accuracy", "unit": "%", "higher_is_better": True}


def _word_task(data, texts):
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
            "epochs": f"{_WORD_EPOCHS}; the best on validation is kept",
        },
        tasks={"preset": _word_task},
        score=accuracy,
        epochs=_WORD_EPOCHS,
        graphs_per_batch=32,
        learning_rate=1e-3,
        warmup=1,
        notes=[
            "Trained on whole sentences alone; the treebank's labels of their phrases, from which "
            "the published networks learn as well, are not used. No pretrained word vectors."
        ],
    )


def _tree_task(data, trees):
    tokenizer = tree_tokenizer(trees)
    backbone = GraphTransformer(
        {"categories": [tokenizer.get_vocab_size()]},
        32,
        num_layers=6,
        num_heads=4,
        edge_features={"categories": [2]},
        dropout=0.2,
    )
    preprocessor = TreePreprocessor(tokenizer, label_names=list(data.label_names))
    task = NodeClassifier(backbone, data.num_classes, dropout=0.3, preprocessor=preprocessor)
    task.compile(optimizer=keras.optimizers.AdamW(2e-3, weight_decay=1e-2), loss=task.loss)
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
        num_runs=3,
        metric=_METRIC,
        selected_by="validation accuracy of whole sentences",
        paper={
            "title": "Tai, Socher and Manning, 2015, constituency Tree-LSTM",
            "url": "https://arxiv.org/abs/1503.00075",
            "value": 51.0,
            "std": 0.5,
            "note": "with pretrained word vectors (GloVe), which are tuned; ours are learned from "
            "this treebank alone, which costs accuracy",
        },
        settings={
            "model": "6 layers, 32 wide, 4 heads, attention along the tree's edges, part to whole "
            "and whole to part, as an edge stream",
            "words": "those of the training part that are there twice or more, in small letters; "
            "all phrases begin as one token",
            "loss": "crossentropy of every word and phrase",
            "dropout": "0.2, 0.3 before the head",
            "optimiser": "AdamW, 2e-3 at its height, 1 epoch of warm-up, cosine to 0, decay 1e-2",
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
            '`model.predict("(S (DT no) (NNS laughs))")` gives logits for each word, then for each '
            "phrase, the sentence last. The labels in the brackets are not looked at.",
            "Each of the 6 layers carries what is known one step along the tree, so a word that "
            "lies deeper does not reach the sentence's node.",
        ],
    )
