"""Friendships in the karate club: which ones were left out?"""

import keras

from keras_gt.models import GCN, GraphPreprocessor, LinkPredictor
from keras_gt.recipes.link_recipe import LinkRecipe

_EPOCHS = 400


def _task(data):
    backbone = GCN({"words": data.num_features}, 32, num_layers=2, dropout=0.5)
    preprocessor = GraphPreprocessor(["add_self_loops", "normalise_gcn"])
    task = LinkPredictor(backbone, units=16, preprocessor=preprocessor)
    task.compile(optimizer=keras.optimizers.Adam(0.01), loss=task.loss)
    return task


def links_recipe():
    """GCN and a dot product of its node features."""
    return LinkRecipe(
        "gcn_karate_links",
        dataset="karate-club",
        description="Proposes friendships in Zachary's karate club that the graph leaves out.",
        split=(
            "20 random draws: of the 78 friendships 62 are the graph, 8 select the shipped run, 8 "
            "are for test, each among a quarter of the pairs that are no friends"
        ),
        metric={"name": "test ROC-AUC", "unit": "%", "higher_is_better": True},
        selected_by="validation ROC-AUC",
        paper={
            "title": "Kipf and Welling, 2016 (the model; no number for this graph)",
            "url": "https://arxiv.org/abs/1611.07308",
        },
        settings={
            "model": "2 layers, 32 wide; a member is known by name alone",
            "dropout": 0.5,
            "optimiser": "Adam, 0.01",
            "epochs": f"{_EPOCHS}",
        },
        notes=[
            "Eight held-out friendships a draw: the spread between draws is large, and the mean "
            "over the draws is what to compare."
        ],
        task=_task,
        epochs=_EPOCHS,
        num_runs=20,
    )
