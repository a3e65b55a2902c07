"""`python -m benchmarks.questions.long_dependencies`: how to learn long-term dependencies?

A task that needs them: noise, one cue among it at a random place, a question at the end; the answer
is which of eight cues it was. Nothing else in the sequence tells, so whoever does not read the cue
is right in one of eight cases. One Transformer block is applied twice (in one row eight times), so
that all models have the same weights but for learned memory nodes, which add their own, and see the
same number of new sequences. What differs is who may read whom. `reach_of` counts the steps along
edges: the places that the last one hears of. Writes
benchmarks/results/question_long_dependencies.json.
"""

import functools
import itertools
import math
import time

import keras
import numpy as np

from benchmarks.intervals import mean_interval
from benchmarks.questions.run_table import RunTable
from benchmarks.records import parsed
from keras_gt.graph import Graph, builders
from keras_gt.layers import (
    FeedForward,
    MultiHeadAggregation,
    PersistentMemory,
    TokenEmbedding,
    TransformerGraphBlock,
)
from keras_gt.recipes.restarting import restart

PROGRAM = "benchmarks.questions.long_dependencies"
NAME = "question_long_dependencies"
LENGTHS = (64, 128, 256)
SEEDS = 3
STEPS, BATCH, RATE = 400, 16, 3e-3
TEST = 1024
CUES = 8
START, QUESTION, SPAN, FIRST_CUE = range(4)
FIRST_NOISE = FIRST_CUE + CUES
VOCABULARY = FIRST_NOISE + 8
WIDTH, HEADS, MEMORY = 32, 4, 8
WINDOW = 8
KINDS = (
    "complete",
    "causal",
    "window",
    "window + memory nodes",
    "window + hub",
    "random + window + hub",
    "strided",
    "fixed",
    "segments",
    "binary partition",
    "window, 8 times",
)


class NodeGates(keras.layers.Layer):
    """Multiplies the features of node j by 1 + g_j; g is a weight, 0 at first."""

    def build(self, node_features_shape):
        self.gates = self.add_weight(shape=(node_features_shape[1], 1), initializer="zeros")

    def call(self, node_features):
        return node_features * (1 + self.gates)


def edges_of(kind, length):
    """(senders, receivers) of one of `KINDS`; nodes from `length` on stand for spans."""
    root = math.isqrt(length)
    makers = {
        "complete": lambda: builders.complete(length),
        "causal": lambda: builders.causal(length),
        "window + hub": lambda: builders.window_hub(length, WINDOW),
        "random + window + hub": lambda: builders.random_window_hub(length, WINDOW, 3),
        "strided": lambda: builders.strided(length, root),
        "fixed": lambda: builders.fixed(length, root),
        "segments": lambda: segments(length, length // 8),
        "binary partition": lambda: builders.binary_partition(length, 2)[:2],
    }
    return makers.get(kind, lambda: builders.window(length, WINDOW))()


def segments(length, size):
    """Each place reads its segment up to itself and the segment before, as in Transformer-XL.

    Here gradients go back to the segment before, too.
    """
    places = np.arange(length)
    first = np.maximum(places // size - 1, 0) * size
    counts = places - first + 1
    receivers = np.repeat(places, counts)
    within = np.arange(len(receivers)) - np.repeat(np.cumsum(counts) - counts, counts)
    return (first[receivers] + within).astype(np.int32), receivers.astype(np.int32)


def times_of(kind):
    """How often the block is applied."""
    return 8 if kind == "window, 8 times" else 2


def reach_of(kind, length):
    """(length,) bool: the places whose news can arrive at the last one."""
    senders, receivers = edges_of(kind, length)
    heard = np.zeros(receivers.max() + 1, bool)
    heard[length - 1] = True
    for _ in range(times_of(kind)):  # everybody reads itself, so nothing is forgotten
        heard[senders[heard[receivers]]] = True
    return heard[:length]


def edge_inputs(kind, length):
    """(number of nodes, the model's edge inputs for one row)."""
    senders, receivers = edges_of(kind, length)
    num_nodes = int(receivers.max()) + 1
    if kind == "complete":
        return num_nodes, {}
    if len(senders) > num_nodes**2 / 4:  # pairs cost less than a list of most of them
        adjacency = np.zeros((1, num_nodes, num_nodes), bool)
        adjacency[0, receivers, senders] = True
        return num_nodes, {"adjacency": adjacency}
    inputs = Graph(num_nodes, senders, receivers).inputs()
    return num_nodes, {k: v for k, v in inputs.items() if k not in ("node_mask", "edge_mask")}


def sequences(count, length, num_nodes, generator):
    """(inputs, cues (count,), distance of the cue from the question (count,))."""
    tokens = np.full((count, num_nodes), SPAN, np.int32)
    tokens[:, :length] = generator.integers(FIRST_NOISE, VOCABULARY, (count, length))
    tokens[:, 0], tokens[:, length - 1] = START, QUESTION
    cues, places = generator.integers(0, CUES, count), generator.integers(1, length - 1, count)
    tokens[np.arange(count), places] = FIRST_CUE + cues
    return {"tokens": tokens}, cues.astype(np.int32), length - 1 - places


def model_of(kind, length, seed, gated=False):
    """The model: embeddings, one block applied again and again, the last place's answer.

    Args:
        kind: str, one of `KINDS`.
        length: int, a power of two: the table of places holds 2 length rows for all kinds.
        seed: int.
        gated: bool, whether there are `NodeGates` after the embeddings.

    Returns:
        `keras.Model` from a dictionary of `tokens` and edges to (B, CUES) logits.
    """
    keras.utils.set_random_seed(seed)
    num_nodes, arrays = edge_inputs(kind, length)
    inputs = {"tokens": keras.Input((num_nodes,), dtype="int32", name="tokens")}
    for name, array in arrays.items():
        inputs[name] = keras.Input(array.shape[1:], dtype=str(array.dtype), name=name)
    edges = {name: inputs[name] for name in arrays} or None
    embedding = TokenEmbedding(VOCABULARY, WIDTH, 2 * length, name="embedding")
    nodes = keras.layers.LayerNormalization(name="norm")(embedding(inputs["tokens"]))
    if gated:
        nodes = NodeGates(name="gates")(nodes)
    attention = MultiHeadAggregation(HEADS, WIDTH // HEADS, output_dim=WIDTH, name="attention")
    if kind == "window + memory nodes":
        attention = PersistentMemory(attention, MEMORY, name="memory")
    block = TransformerGraphBlock(
        attention, FeedForward(2 * WIDTH, activation="gelu"), residual="post", name="block"
    )
    for _ in range(times_of(kind)):
        nodes = block(nodes, edges)
    answer = keras.layers.Dense(CUES, name="answer")(nodes[:, length - 1])
    return keras.Model(inputs, answer)


def gradient_reach(kind, length, seed=0):
    """(length,) bool: the places whose embeddings have a gradient in the answer's loss.

    What `reach_of` counts along edges, measured: one step of gradient descent moves the gates of
    these places away from 0, and no other's.
    """
    model = model_of(kind, length, seed, gated=True)
    model.compile(
        keras.optimizers.SGD(1.0),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    num_nodes, edges = edge_inputs(kind, length)
    inputs, cues, _ = sequences(1, length, num_nodes, np.random.default_rng(seed))
    model.train_on_batch({**inputs, **edges}, cues)
    gates = keras.ops.convert_to_numpy(model.get_layer("gates").gates)
    return gates[:length, 0] != 0


def compiled(kind, length, steps, seed=0):
    """The model, with its optimizer: a tenth of the steps warms up, then a cosine falls to 0."""
    model = model_of(kind, length, seed)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps - steps // 10, warmup_target=RATE, warmup_steps=steps // 10
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss)
    return model


def runs_of(kind, length, steps=STEPS, test=TEST):
    """A function from a seed to a run; what is compiled serves all seeds.

    The run: accuracies on new sequences, by distance and by reach, edges and seconds.
    """
    model = compiled(kind, length, steps)
    num_nodes, edges = edge_inputs(kind, length)
    rows = {name: np.repeat(array, BATCH, axis=0) for name, array in edges.items()}

    def run(seed):
        restart(model, functools.partial(compiled, kind, length, steps, seed), seed)
        generator = np.random.default_rng(seed)
        seconds, losses = [], []
        for _ in range(steps):
            inputs, cues, _ = sequences(BATCH, length, num_nodes, generator)
            start = time.process_time()
            losses.append(float(model.train_on_batch({**inputs, **rows}, cues)))
            seconds.append(time.process_time() - start)
        inputs, cues, distances = sequences(test, length, num_nodes, np.random.default_rng(10**6))
        batches = [inputs["tokens"][at : at + BATCH] for at in range(0, test, BATCH)]
        outputs = [model.predict_on_batch({"tokens": batch, **rows}) for batch in batches]
        logits = np.concatenate([keras.ops.convert_to_numpy(output) for output in outputs])
        return {
            **accuracies(logits.argmax(axis=-1) == cues, distances, reach_of(kind, length)),
            "final_loss": float(np.mean(losses[-20:])),
            "edges": len(edges_of(kind, length)[0]),
            "parameters": int(model.count_params()),
            "milliseconds_a_step": round(1000 * float(np.median(seconds)), 2),
        }

    return run


def accuracies(right, distances, reach):
    """Accuracies in percent: over all, by quarters of the distance, in reach and out of it."""
    length = len(reach)
    quarter = np.minimum(4 * distances // length, 3)
    near = reach[length - 1 - distances]
    parts = {"accuracy": np.ones(len(right), bool), "in_reach": near, "out_of_reach": ~near}
    found = {name: percent(right[part]) for name, part in parts.items()}
    return {
        **found,
        "share_in_reach": percent(near),
        "by_quarter": [percent(right[quarter == number]) for number in range(4)],
    }


def percent(hits):
    """The share of hits in percent; None where there is nothing to hit."""
    return 100 * float(np.mean(hits)) if len(hits) else None


def summary(runs):
    """The means over the seeds.

    Args:
        runs: list of the record's runs.

    Returns:
        List of one dictionary a kind and length: its settings; `accuracy`, `in_reach` and
        `out_of_reach`, see `benchmarks.intervals.mean_interval`, or None where no cue is there;
        the means `by_quarter`, `milliseconds_a_step`; `share_in_reach`, `edges`, `parameters`.
    """
    groups = {}
    for run in runs:
        settings = run["settings"]
        groups.setdefault((settings["length"], settings["kind"]), []).append(run)
    rows = []
    for (length, kind), group in groups.items():
        row = {"length": length, "kind": kind, "seeds": len(group)}
        for name in ("accuracy", "in_reach", "out_of_reach"):
            values = [run[name] for run in group]
            several = None not in values and len(values) > 1
            row[name] = mean_interval(values) if several else None
        for name in ("by_quarter", "milliseconds_a_step"):
            row[name] = np.mean([run[name] for run in group], axis=0).tolist()
        row |= {name: group[0][name] for name in ("share_in_reach", "edges", "parameters")}
        rows.append(row)
    return rows


def main():
    options = parsed(PROGRAM, __doc__)
    table = RunTable(options.results, NAME, PROGRAM, clock="process", chance=100 / CUES)
    for length, kind in itertools.product(LENGTHS, KINDS):
        settings = {"kind": kind, "length": length, "steps": STEPS, "batch": BATCH, "rate": RATE}
        table.fill(settings, range(SEEDS), lambda chosen: runs_of(chosen["kind"], chosen["length"]))


if __name__ == "__main__":
    main()
