"""Written dates into ISO dates: an encoder and a decoder, which are three graphs.

    python examples/translate_dates.py [--steps 600]

A Transformer that translates reads along three graphs. Each character of the source reads every
other (the complete graph), each character of the target reads itself and those before it (the
causal graph), and each character of the target reads all characters of the source. The last graph
is bipartite: its receivers are no senders, so the senders come as `sender_features`.

The dates are made on the spot. What is printed is the share of days, none of them seen in
training, whose ISO date is right to the last digit, and for one of them what each digit reads.
"""

import argparse
import datetime
import time

import keras
import numpy as np
from keras import ops

from keras_gt.layers import (
    CausalPairs,
    FeedForward,
    MultiHeadAggregation,
    TokenEmbedding,
    TransformerGraphBlock,
)

MONTHS = (
    "January February March April May June July August September October November December"
).split()
WEEKDAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
FIRST, LAST = datetime.date(1950, 1, 1), datetime.date(2049, 12, 31)  # 50 is 1950, 49 is 2049
LONGEST = len("September 30, 1998")
ISO_LENGTH = len("1998-09-30")
BEGIN = "^"
TARGET = BEGIN + "-0123456789"
SOURCE = "\0" + "".join(sorted(set("".join(MONTHS + WEEKDAYS) + " ,.-0123456789")))
BATCH = 64
HELD_OUT = 1000
SHOWN = "Tue, 12.04.77"


# === The dates ===


def spellings(day):
    """The ways in which people write a day."""
    month = MONTHS[day.month - 1]
    return [
        f"{day.day} {month} {day.year}",
        f"{month} {day.day}, {day.year}",
        f"{day.day}.{day.month}.{day.year}",
        f"{day.day}-{month[:3]}-{day.year % 100:02}",
        f"{WEEKDAYS[day.weekday()]}, {day.day:02}.{day.month:02}.{day.year % 100:02}",
    ]


def make_pairs(days, count, random):
    """`count` pairs of a written date and its ISO date, drawn from days."""
    pairs = []
    for index in random.integers(len(days), size=count):
        written = spellings(days[index])
        pairs.append((written[random.integers(len(written))], days[index].isoformat()))
    return pairs


def encode(texts, alphabet, length):
    """Texts as numbers of characters: (B, length) int32, 0 after the end."""
    array = np.zeros((len(texts), length), np.int32)
    for row, text in zip(array, texts, strict=True):
        row[: len(text)] = [alphabet.index(character) for character in text]
    return array


def make_arrays(pairs):
    """(inputs, labels) for `fit`: the decoder reads what it has written so far."""
    written, iso = zip(*pairs, strict=True)
    labels = encode(iso, TARGET, ISO_LENGTH)  # (B, T)
    begin = np.full((len(pairs), 1), TARGET.index(BEGIN), np.int32)
    target = np.concatenate([begin, labels[:, :-1]], axis=1)
    return {"source": encode(written, SOURCE, LONGEST), "target": target}, labels


# === The model ===


def build_model(width=64, num_heads=4, num_layers=2):
    """The model and, over the same layers, a model of its attention.

    Args:
        width: int, a multiple of num_heads.
        num_heads: int.
        num_layers: int, of the encoder and of the decoder.

    Returns:
        Pair of `keras.Model`s of `source` (B, S) and `target` (B, T). The first gives the logits
        of each next character (B, T, characters), the second what the last cross-attention reads,
        (B, num_heads, T, S).
    """

    def block(name, feed_forward=True):
        return TransformerGraphBlock(
            MultiHeadAggregation(num_heads, width // num_heads, output_dim=width),
            FeedForward(2 * width) if feed_forward else None,
            residual="pre",
            name=name,
        )

    source = keras.Input((None,), dtype="int32", name="source")
    target = keras.Input((None,), dtype="int32", name="target")
    real = ops.not_equal(source, 0)  # (B, S)

    nodes = TokenEmbedding(len(SOURCE), width, LONGEST, name="source_embedding")(source)
    for index in range(num_layers):
        nodes = block(f"encoder_{index}")(nodes, node_mask=real)  # complete graph
    memory = keras.layers.LayerNormalization(name="encoder_norm")(nodes)  # (B, S, D)

    nodes = TokenEmbedding(len(TARGET), width, ISO_LENGTH, name="target_embedding")(target)
    before = CausalPairs(name="before")(nodes)  # (B, T, T)
    across = ops.logical_and(ops.ones_like(target, "bool")[:, :, None], real[:, None, :])
    for index in range(num_layers):
        nodes = block(f"decoder_{index}", feed_forward=False)(nodes, before)
        nodes, weights = block(f"cross_{index}")(
            nodes, across, sender_features=memory, return_attention_scores=True
        )  # bipartite graph (B, T, S)
    nodes = keras.layers.LayerNormalization(name="decoder_norm")(nodes)
    logits = keras.layers.Dense(len(TARGET), name="next_character")(nodes)

    inputs = {"source": source, "target": target}
    return keras.Model(inputs, logits), keras.Model(inputs, weights)


def train(model, pairs, learning_rate=2e-3):
    """Fits the model to pairs, each seen once; returns the history."""
    inputs, labels = make_arrays(pairs)
    steps = -(-len(pairs) // BATCH)
    schedule = keras.optimizers.schedules.CosineDecay(
        learning_rate / 10,
        steps - steps // 10,
        warmup_target=learning_rate,
        warmup_steps=steps // 10,
    )
    model.compile(
        keras.optimizers.Adam(schedule, global_clipnorm=1.0),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.optimizer.build(model.trainable_variables)  # else TensorFlow traces the step twice
    return model.fit(inputs, labels, batch_size=BATCH, verbose=2)


def translate(model, texts):
    """The ISO dates of written dates, digit by digit, the likeliest each time."""
    source = encode(texts, SOURCE, LONGEST)
    target = np.full((len(texts), ISO_LENGTH + 1), TARGET.index(BEGIN), np.int32)
    for place in range(ISO_LENGTH):
        inputs = {"source": source, "target": target[:, :-1]}  # one shape, so one program
        logits = np.asarray(model.predict_on_batch(inputs))  # (B, T, characters)
        target[:, place + 1] = logits[:, place].argmax(axis=-1)
    return ["".join(TARGET[number] for number in row[1:]) for row in target]


def alignment(attention, text, iso):
    """What each character of the ISO date reads of the text: (T, S), the mean of the heads."""
    inputs, _ = make_arrays([(text, iso)])
    return np.asarray(attention.predict_on_batch(inputs))[0].mean(axis=0)[:, : len(text)]


def show_alignment(weights, text, iso):
    """Prints it in tenths, a row a character of the ISO date."""
    print(f"\nWhat each character of {iso} reads, in tenths (. is less than half of one):")
    print("    " + " ".join(text))
    for character, row in zip(iso, weights, strict=True):
        tenths = np.rint(10 * row).astype(int)
        print(f"  {character} " + " ".join("." if t == 0 else f"{min(t, 9)}" for t in tenths))


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=600, help="batches of 64 dates")
    steps = parser.parse_args(arguments).steps
    keras.utils.set_random_seed(0)
    random = np.random.default_rng(0)
    count = (LAST - FIRST).days + 1
    days = [FIRST + datetime.timedelta(int(number)) for number in random.permutation(count)]
    model, attention = build_model()
    start = time.process_time()
    train(model, make_pairs(days[HELD_OUT:], steps * BATCH, random))
    print(f"{steps} steps in {time.process_time() - start:.0f} s of processor time")
    texts, expected = zip(*make_pairs(days[:HELD_OUT], HELD_OUT, random), strict=True)
    right = np.mean([a == b for a, b in zip(translate(model, texts), expected, strict=True)])
    print(f"{100 * right:.1f} % of {HELD_OUT} dates of held-out days are right to the last digit")
    (iso,) = translate(model, [SHOWN])
    print(f"{SHOWN} -> {iso}")
    show_alignment(alignment(attention, SHOWN, iso), SHOWN, iso)
    return float(right)


if __name__ == "__main__":
    main()
