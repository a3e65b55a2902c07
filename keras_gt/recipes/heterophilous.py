"""Minesweeper and Tolokers: yes or no at each node of one graph, by ROC-AUC."""

import keras

from keras_gt.models import GAT, GraphPreprocessor, GraphTransformer, NodeClassifier
from keras_gt.recipes.node_recipe import NodeRecipe

_YES = {"minesweeper": "mine", "tolokers": "banned"}
_TITLES = {
    "minesweeper": "Mines on a 100 x 100 board of Minesweeper",
    "tolokers": "Workers of a crowdsourcing platform who were banned",
}
_SPLIT = "ten published 50/25/25 splits (Platonov et al., 2023)"


def _classifier(backbone, data, learning_rate, steps):
    preprocessor = GraphPreprocessor(data.transforms, label_names=[_YES[data.name]])
    task = NodeClassifier(backbone, 1, multi_label=True, preprocessor=preprocessor)
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, steps, alpha=0.05)
    task.compile(optimizer=keras.optimizers.Adam(schedule), loss=task.loss)
    return task


def _recipe(name, dataset, epochs, every, **kwargs):
    return NodeRecipe(
        name,
        dataset=dataset,
        split=_SPLIT,
        runs="splits",
        num_runs=10,
        roc_auc=True,
        epochs=epochs,
        every=every,
        metric={"name": "test ROC-AUC", "unit": "%", "higher_is_better": True},
        selected_by="validation ROC-AUC",
        budget_seconds=7200.0,
        **kwargs,
    )


def gat_minesweeper_recipe(layers=15, epochs=16, learning_rate=0.01):
    """A deep GAT with residuals and norms, trained on parts of the board."""
    crops = {"count": 600, "nodes": 1000, "per_batch": 3}
    steps = epochs * crops["count"] // crops["per_batch"]
    return _recipe(
        "gat_minesweeper",
        "minesweeper",
        epochs,
        every=1,
        crops=crops,
        description=f"{_TITLES['minesweeper']}, by a deep GAT with residuals.",
        task=lambda data: _classifier(
            GAT(
                {"dense": data.num_features},
                head_dim=64,
                num_heads=1,
                num_layers=layers,
                activation="relu",
                dropout=0.2,
                input_dropout=0.0,
                normalization="batch",
                residual=True,
                linear_encoder=False,
                use_bias=False,
            ),
            data,
            learning_rate,
            steps,
        ),
        paper={
            "title": "Luo, Shi and Wu, 2024, tuned GAT",
            "url": "https://arxiv.org/abs/2406.08993",
            "value": 97.73,
            "std": 0.73,
        },
        settings={
            "model": f"{layers} layers, 64 wide, one head, batch norm, residuals",
            "dropout": "0.2 after each layer, none on the node features",
            "batches": "three neighbourhoods of 1,000 nodes around random nodes, of 600 a run",
            "optimiser": f"Adam, {learning_rate}, cosine",
            "steps": f"{steps:,}; the best of every {steps // epochs}th on validation is kept",
        },
    )


def transformer_minesweeper_recipe(layers=12, epochs=2, learning_rate=4e-3):
    """A deep graph transformer with norms before its parts, trained on parts of the board."""
    crops = {"count": 400, "nodes": 1000, "per_batch": 2}
    steps = epochs * crops["count"] // crops["per_batch"]
    return _recipe(
        "graph_transformer_minesweeper",
        "minesweeper",
        epochs,
        every=1,
        crops=crops,
        description=f"{_TITLES['minesweeper']}, by a deep graph transformer.",
        task=lambda data: _classifier(
            GraphTransformer(
                {"dense": data.num_features},
                32,
                num_layers=layers,
                num_heads=4,
                normalization="layer",
                residual="pre",
                dropout=0.4,
                use_root_weight=True,
            ),
            data,
            learning_rate,
            steps,
        ),
        paper={
            "title": "Platonov et al., 2023, GT",
            "url": "https://arxiv.org/abs/2302.11640",
            "value": 91.85,
            "std": 0.76,
        },
        settings={
            "model": f"{layers} layers, 32 wide, 4 heads, layer norms before the parts",
            "dropout": 0.4,
            "batches": "two neighbourhoods of 1,000 nodes around random nodes, of 400 a run",
            "optimiser": f"Adam, {learning_rate}, cosine",
            "steps": f"{steps:,}; the best of every {steps // epochs}th on validation is kept",
        },
    )


def transformer_tolokers_recipe(epochs=120, learning_rate=3e-3):
    """A graph transformer over the graph's edges."""
    return _recipe(
        "graph_transformer_tolokers",
        "tolokers",
        epochs,
        every=10,
        description=f"{_TITLES['tolokers']}, by a graph transformer.",
        task=lambda data: _classifier(
            GraphTransformer(
                {"dense": data.num_features},
                64,
                num_layers=3,
                num_heads=4,
                dropout=0.2,
                use_root_weight=True,
            ),
            data,
            learning_rate,
            epochs,  # one step an epoch
        ),
        paper={
            "title": "Platonov et al., 2023, GT",
            "url": "https://arxiv.org/abs/2302.11640",
            "value": 83.23,
            "std": 0.64,
        },
        settings={
            "model": "3 layers, 64 wide, 4 heads, batch norm",
            "dropout": 0.2,
            "optimiser": f"Adam, {learning_rate}, cosine",
            "epochs": f"{epochs}; the best of every tenth on validation is kept",
        },
    )
