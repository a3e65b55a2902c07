"""`python -m benchmarks.questions.hard_training`: why is training so hard?

Transformers of several depths over the words of TREC's questions, with the norm after each part
("post", the first Transformer) or before it ("pre"), with and without a warm-up of the learning
rate, under three schedules: the accuracy at the end, and the runs that stay at chance. Before any
training: the size of the gradients, layer by layer, against depth and width, beside what theory
says. Writes benchmarks/results/question_hard_training.json; runs that are in it are not made again.
"""

import math

import numpy as np

from benchmarks.questions.run_table import RunTable
from benchmarks.questions.word_tasks import (
    part_accuracy,
    reusable,
    trec,
    word_transformer,
)
from benchmarks.records import parsed

PROGRAM = "benchmarks.questions.hard_training"
RECORD = "question_hard_training"
WIRINGS = ("post", "pre")
DEPTHS = (2, 6, 12)
WARMUPS = (0.0, 0.1)
HIGH_RATE = 3e-3
SEEDS = 5
SIZES = {"width": 32, "batch": 32, "max_words": 12, "epochs": 3, "rate": 1e-3, "dropout": 0.1}
GRADIENT_DEPTHS = (2, 4, 8, 16, 32)
GRADIENT_WIDTHS = (16, 32, 64, 128)
WIDTHS_AT = 8
GRADIENT_SEEDS = 10
GRADIENT_BATCH = 128
MARGIN = 5.0
PROTOCOL = {
    "model": "4 heads, a feed-forward of twice the width, exact GELU, Glorot's uniform "
    "initialisation, embeddings of standard deviation 1, the mean over the words, a linear head",
    "training": "3 epochs of 153 batches of 32 questions, of which the first 12 words are read; "
    "Adam (beta 0.9, 0.98), a learning rate of 1e-3 at its height in every schedule (or the rate "
    "that is given), dropout 0.1; the accuracy is that of the last epoch",
    "schedules": "linear: up over the warm-up, down to 0. cosine: Keras' CosineDecay, likewise. "
    "noam: scaled to the same height; it does not come down to 0",
    "warmup": "share of all steps",
    "at chance": f"validation accuracy below the largest class's share + {MARGIN:g} points",
    "gradients": f"Frobenius norms for the first {GRADIENT_BATCH} training questions of the second "
    "kernel of each feed-forward, first layer first, at initialisation, without dropout",
}


def training_settings():
    """The grid, then the deepest models under the other schedules and at a higher rate."""
    deepest, warm = DEPTHS[-1], WARMUPS[-1]
    grid = [
        training_setting(residual, layers, warmup)
        for layers in DEPTHS
        for residual in WIRINGS
        for warmup in WARMUPS
    ]
    schedules = [
        training_setting(residual, deepest, warm, schedule)
        for residual in WIRINGS
        for schedule in ("noam", "cosine")
    ]
    high = [
        training_setting(residual, deepest, warmup, rate=HIGH_RATE)
        for residual in WIRINGS
        for warmup in WARMUPS
    ]
    return grid + schedules + high


def training_setting(residual, layers, warmup, schedule="linear", rate=None):
    """One of them; a rate of None is that of `SIZES`."""
    settings = {
        "measure": "training",
        "residual": residual,
        "layers": layers,
        "schedule": schedule,
        "warmup": warmup,
    }
    return settings if rate is None else {**settings, "rate": rate}


def gradient_settings():
    """Every depth at the width of the training runs, then every width at one depth."""
    sizes = [(layers, SIZES["width"]) for layers in GRADIENT_DEPTHS]
    sizes += [(WIDTHS_AT, width) for width in GRADIENT_WIDTHS if width != SIZES["width"]]
    return [
        {"measure": "gradients", "residual": residual, "layers": layers, "width": width}
        for layers, width in sizes
        for residual in WIRINGS
    ]


def learning_rate(schedule, warmup, steps, rate, width):
    """A schedule of so many steps with the given height; warmup is a share of the steps."""
    import keras

    from keras_gt.schedules import LinearWarmupDecay, NoamSchedule

    rising = round(warmup * steps)
    if schedule == "linear":
        return LinearWarmupDecay(rate, steps, rising)
    if schedule == "noam":
        return NoamSchedule(width, rising, scale=rate * (width * rising) ** 0.5)
    return keras.optimizers.schedules.CosineDecay(
        0.0, steps - rising, warmup_target=rate, warmup_steps=rising
    )


def classifier(task, residual, layers, width, max_words, dropout=0.0):
    """A classifier of sentences whose embeddings start with variance 1."""
    from keras_gt.models import GraphClassifier

    backbone = word_transformer(
        task["vocabulary"],
        max_words,
        width,
        layers,
        residual=residual,
        dropout=dropout,
        stddev=1.0,
    )
    return GraphClassifier(backbone, task["classes"], readout="mean")


def training_runs(settings, task, sizes):
    """A function seed -> result of one setting on a task of words."""
    import keras

    from benchmarks.questions.word_batches import WordBatches

    steps = len(task["train"][1]) // sizes["batch"] * sizes["epochs"]

    def build():
        model = classifier(
            task,
            settings["residual"],
            settings["layers"],
            sizes["width"],
            sizes["max_words"],
            sizes["dropout"],
        )
        rate = learning_rate(
            settings["schedule"],
            settings["warmup"],
            steps,
            settings.get("rate", sizes["rate"]),
            sizes["width"],
        )
        model.compile(keras.optimizers.Adam(rate, beta_2=0.98), loss=model.loss)
        return model

    start = reusable(build)

    def run(seed):
        model = start(seed)
        curve = []
        look = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: curve.append(part_accuracy(model, task["validation"]))
        )
        history = model.fit(
            WordBatches(task["train"], sizes["batch"], seed),
            epochs=sizes["epochs"],
            shuffle=False,  # the batches have an order for each epoch
            callbacks=[look],
            verbose=0,
        )
        losses = [float(loss) for loss in history.history["loss"]]
        return {
            "test": part_accuracy(model, task["test"]),
            "validation": curve[-1],
            "curve": [round(value, 2) for value in curve],
            "losses": [round(loss, 4) if math.isfinite(loss) else None for loss in losses],
        }

    return run


def gradient_runs(settings, task, sizes):
    """A function seed -> the norms of the gradients of each feed-forward's second kernel."""
    import keras

    inputs, labels = task["train"]
    batch = {name: array[:GRADIENT_BATCH] for name, array in inputs.items()}

    def run(seed):
        keras.utils.set_random_seed(seed)
        model = classifier(
            task, settings["residual"], settings["layers"], settings["width"], sizes["max_words"]
        )
        # After one step from zero, this optimiser's momentum is minus the gradient.
        optimizer = keras.optimizers.SGD(1.0, momentum=0.5)
        model.compile(optimizer, loss=model.loss, run_eagerly=True)
        model.train_on_batch(batch, labels[:GRADIENT_BATCH])
        momentums = {
            variable.path: keras.ops.convert_to_numpy(momentum)
            for variable, momentum in zip(
                model.trainable_variables, optimizer.momentums, strict=True
            )
        }
        norms = [
            float(np.linalg.norm(momentums[block.feed_forward.contract.kernel.path]))
            for block in blocks(model)
        ]
        return {"norms": norms, "last": norms[-1]}

    return run


def blocks(model):
    """The Transformer blocks of a classifier, first layer first."""
    from keras_gt.layers import TransformerGraphBlock

    return [layer for layer in model.backbone.layers if isinstance(layer, TransformerGraphBlock)]


def last_gradients(runs, residual, along):
    """Norms of the last feed-forward's gradients along one size, the other as in training.

    Args:
        runs: list of runs of the record.
        residual: "post" or "pre".
        along: "layers" or "width".

    Returns:
        (sizes (S,), norms (S, seeds)) of the seeds that all sizes have.
    """
    other, value = ("width", SIZES["width"]) if along == "layers" else ("layers", WIDTHS_AT)
    found = {}
    for run in runs:
        settings = run["settings"]
        if settings["measure"] == "gradients" and settings["residual"] == residual:
            if settings[other] == value:
                found.setdefault(settings[along], {})[run["seed"]] = run["last"]
    seeds = sorted(set.intersection(*(set(by_seed) for by_seed in found.values())))
    sizes = sorted(found)
    return np.array(sizes), np.array([[found[size][seed] for seed in seeds] for size in sizes])


def exponents(sizes, values):
    """The p of values ~ sizes^p for each column of (S, n), by least squares on logarithms."""
    return np.polyfit(np.log(sizes), np.log(values), 1)[0]


def at_chance(runs, settings, largest):
    """(runs of these settings that stay at chance on validation, all runs of them)."""
    found = [run["validation"] < largest + MARGIN for run in runs if run["settings"] == settings]
    return sum(found), len(found)


def main():
    options = parsed(PROGRAM, __doc__)
    task = trec(SIZES["max_words"])
    parts = ("train", "validation", "test")
    largest = {
        part: 100 * float(np.bincount(task[part][1]).max() / len(task[part][1])) for part in parts
    }
    table = RunTable(
        options.results,
        RECORD,
        PROGRAM,
        metric="accuracy in percent after the last epoch",
        protocol=PROTOCOL,
        largest_class=largest,
    )
    for settings in sorted(training_settings(), key=lambda one: -one["layers"]):
        table.fill(settings, range(SEEDS), lambda chosen: training_runs(chosen, task, SIZES))
    for settings in gradient_settings():
        table.fill(
            settings, range(GRADIENT_SEEDS), lambda chosen: gradient_runs(chosen, task, SIZES)
        )


if __name__ == "__main__":
    main()
