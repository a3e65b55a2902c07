"""`python -m benchmarks.questions.heads_and_attention`: why multiple heads, why attention?

Attention with 1, 2, 4 and 8 heads of the same total width, and attention against the sum, the mean
and the maximum of the neighbours, all with the same number of parameters, on two tasks: Cora's
papers, and TREC's questions as complete graphs of their words. Every setting is trained from the
same seeds; epochs are chosen on validation. Writes
benchmarks/results/question_heads_and_attention.json; runs that are in it are not made again.
"""

import numpy as np

from benchmarks.questions.run_table import RunTable
from benchmarks.questions.word_tasks import (
    aggregation_layer,
    part_accuracy,
    reusable,
    trec,
    word_transformer,
)
from benchmarks.records import parsed

PROGRAM = "benchmarks.questions.heads_and_attention"
RECORD = "question_heads_and_attention"
HEADS = (1, 2, 4, 8)
PLAIN = ("mean", "sum", "max")
WITHOUT_SCORES = "gat without scores"
SEEDS = {"gat": 10, "others": 5}
CORA = {"gat_width": 64, "width": 32, "epochs": 200, "patience": 100}
TREC = {"width": 64, "epochs": 5, "batch": 32, "max_words": 16}
PROTOCOL = {
    "cora": "the recipe of gat_cora (public split, Adam 0.005, L2, dropout 0.6, patience of 100 on "
    "validation loss and accuracy, the best of both kept), at most 200 epochs",
    "cora models": "gat: the preset's GAT without score biases, its 64 hidden units in 1 to 8 "
    "heads. gat without scores: its score vectors fixed at 0, so that all neighbours weigh the "
    "same. Others: words to 32 units, two aggregations of 4 x 32^2 parameters, a linear head",
    "trec": "the recipe of word_graph_trec, 5 epochs instead of 14, the first 16 words of a "
    "question, full batches of 32",
    "trec models": "2 post-norm blocks, 64 wide; aggregations of 4 x 64^2 parameters",
}


def settings_of(task):
    """All settings of "cora" or "trec", in the order they are run."""
    kind = "gat" if task == "cora" else "attention"
    heads = [{"task": task, "aggregation": kind, "heads": count} for count in HEADS]
    plain = [{"task": task, "aggregation": name, "heads": 1} for name in PLAIN]
    if task == "trec":
        return heads + plain
    fixed = [{"task": task, "aggregation": WITHOUT_SCORES, "heads": HEADS[-1]}]
    dot = [
        {"task": task, "aggregation": "attention", "heads": 4, "attention_dropout": rate}
        for rate in (0.0, 0.6)
    ]
    return heads + fixed + dot + plain


# === Words ===


def word_runs(settings, task, options):
    """A function seed -> result of one setting on a task of words, as `trec` gives it."""
    import keras

    from benchmarks.questions.word_batches import WordBatches
    from keras_gt.models import GraphClassifier
    from keras_gt.recipes import KeepBest

    steps = len(task["train"][1]) // options["batch"]

    def build():
        backbone = word_transformer(
            task["vocabulary"],
            options["max_words"],
            options["width"],
            num_layers=2,
            num_heads=settings["heads"],
            aggregation=settings["aggregation"],
            dropout=0.5,
            attention_dropout=0.1,
        )
        model = GraphClassifier(backbone, task["classes"], readout=["mean", "max"], dropout=0.5)
        rate = keras.optimizers.schedules.CosineDecay(
            1e-4, (options["epochs"] - 1) * steps, warmup_target=1e-3, warmup_steps=steps
        )
        model.compile(keras.optimizers.AdamW(rate, weight_decay=1e-2), loss=model.loss)
        return model

    start = reusable(build)

    def run(seed):
        model = start(seed)
        keep = KeepBest(lambda: part_accuracy(model, task["validation"]), higher_is_better=True)
        model.fit(
            WordBatches(task["train"], options["batch"], seed),
            epochs=options["epochs"],
            shuffle=False,  # the batches have an order for each epoch
            callbacks=[keep],
            verbose=0,
        )
        keep.restore()
        return {
            "test": part_accuracy(model, task["test"]),
            "validation": keep.best,
            "first_epoch": keep.curve[0][1],
            "best_epoch": keep.best_epoch,
            "parameters": model.count_params(),
        }

    return run


# === Nodes of one graph ===


def cora():
    """Cora with its public split, in the form that `node_runs` takes."""
    from keras_gt import datasets

    data = datasets.load("cora")
    return {
        "inputs": data.inputs,
        "labels": data.labels_batch,
        "features": {"words": data.num_features},
        "classes": data.num_classes,
        "weights": {part: data.sample_weights(part) for part in ("train", "validation", "test")},
    }


def two_communities(size=30, seed=0):
    """A task of the same form that needs no file: two groups, with more edges inside of them."""
    from keras_gt import graph

    generator = np.random.default_rng(seed)
    labels = np.arange(size) % 2
    close = labels[:, None] == labels
    pairs = np.argwhere(np.triu(generator.random((size, size)) < np.where(close, 0.4, 0.05), 1))
    edges = graph.Graph(
        size,
        pairs[:, 0],
        pairs[:, 1],
        node_features=generator.normal(labels[:, None], 2.0, (size, 4)),
    )
    edges = graph.add_self_loops(graph.symmetrise(edges))
    part = np.arange(size)[None] // 2 % 3
    return {
        "inputs": edges.inputs(),
        "labels": labels[None].astype("int32"),
        "features": {"dense": 4},
        "classes": 2,
        "weights": {
            name: (part == number).astype("float32")
            for number, name in enumerate(("train", "validation", "test"))
        },
    }


def gat_backbone(settings, features, classes, width):
    """GAT as in its preset; without scores, every neighbour weighs the same."""
    from keras_gt.layers import GraphAttention
    from keras_gt.models import GAT

    heads = settings["heads"]
    rates = {f"{name}dropout": 0.6 for name in ("", "attention_", "value_")}
    sizes = {"head_dim": width // heads, "num_heads": heads, "output_dim": classes}
    backbone = GAT(features, **sizes, **rates, kernel_l2=2.5e-4)
    if settings["aggregation"] == WITHOUT_SCORES:
        for layer in backbone.layers:
            if isinstance(layer, GraphAttention):
                for vectors in (layer.receiver_score, layer.sender_score):
                    vectors.assign(np.zeros(vectors.shape))
                    vectors.trainable = False
    return backbone


def aggregation_backbone(settings, features, width):
    """Two aggregations after a linear encoder."""
    import keras

    from keras_gt import layers
    from keras_gt.models import Backbone, GraphInputs

    dropout = 0.6
    regularizer = keras.regularizers.L2(2.5e-4)
    inputs = GraphInputs(keras.config.dtype_policy())
    nodes = inputs.encode_nodes(
        features, width, use_bias=False, dropout=dropout, kernel_regularizer=regularizer
    )
    for index in range(2):
        layer = aggregation_layer(
            settings["aggregation"],
            settings["heads"],
            width,
            settings.get("attention_dropout", 0.0),
            kernel_regularizer=regularizer,
            name=f"aggregation_{index}",
        )
        nodes = keras.activations.elu(layer(nodes, inputs.edges, node_mask=inputs.node_mask))
        nodes = layers.Dropout(dropout)(nodes)
    return Backbone(inputs.tensors, nodes)


def node_runs(settings, task, options):
    """A function seed -> result of one setting on the nodes of one graph, as `cora` gives it."""
    import keras

    from keras_gt.metrics import Accuracy
    from keras_gt.models import NodeClassifier
    from keras_gt.recipes import PatienceOnBoth

    inputs, labels, weights = task["inputs"], task["labels"], task["weights"]

    def build():
        features, classes = task["features"], task["classes"]
        if settings["aggregation"].startswith("gat"):
            backbone = gat_backbone(settings, features, classes, options["gat_width"])
            model = NodeClassifier(backbone, classes, head=None)
        else:
            backbone = aggregation_backbone(settings, features, options["width"])
            model = NodeClassifier(backbone, classes)
        crossentropy = keras.metrics.SparseCategoricalCrossentropy(
            from_logits=True, name="crossentropy"
        )
        model.compile(
            keras.optimizers.Adam(0.005, epsilon=1e-8),
            loss=model.loss,
            weighted_metrics=[Accuracy(), crossentropy],
        )
        return model

    start = reusable(build)

    def run(seed):
        model = start(seed)
        keep = PatienceOnBoth(options["patience"])
        history = model.fit(
            inputs,
            labels,
            sample_weight=weights["train"],
            epochs=options["epochs"],
            validation_data=(inputs, labels, weights["validation"]),
            callbacks=[keep],
            verbose=0,
        )
        keep.restore()
        right = keras.ops.convert_to_numpy(model.predict_on_batch(inputs)).argmax(-1) == labels
        scores = {
            part: 100 * float(right[weights[part] > 0].mean()) for part in ("test", "validation")
        }
        return {
            **scores,
            "epochs": len(history.epoch),
            "best_epoch": keep.best_epoch,
            "parameters": model.count_params(),
        }

    return run


def main():
    options = parsed(PROGRAM, __doc__)
    table = RunTable(
        options.results,
        RECORD,
        PROGRAM,
        metric="test accuracy in percent, of the epoch that validation chose",
        protocol=PROTOCOL,
    )
    for name, load, runs, sizes in (
        ("trec", lambda: trec(TREC["max_words"]), word_runs, TREC),
        ("cora", cora, node_runs, CORA),
    ):
        task = load()
        for settings in settings_of(name):
            kind = "gat" if settings["aggregation"].startswith("gat") else "others"
            table.fill(
                settings,
                range(SEEDS[kind]),
                lambda chosen, task=task, runs=runs, sizes=sizes: runs(chosen, task, sizes),
            )


if __name__ == "__main__":
    main()
