"""`python -m benchmarks.molecule_edges`: the preset graph_transformer_zinc on fewer bonds.

The mean absolute error on ZINC's 1,000 test molecules when bonds are taken away, at random or
those that the model attends to least; the encodings stay those of the whole molecule. A second
curve trains the same weights for one epoch on 1,000 training molecules with as few bonds before
each row. ZINC is read as every data set is (`KERAS_GT_DATA`). Writes
benchmarks/results/molecule_edges.json.
"""

import numpy as np

from benchmarks.records import parsed, write_record

PROGRAM = "benchmarks.molecule_edges"
PRESET = "graph_transformer_zinc"
TRAINED, RATE = 1000, 2e-4


def builders(model):
    from keras_gt.analysis import sparsify

    graphs = {"all bonds": None}
    graphs |= {f"random {share:.0%}": sparsify.keep_random(share) for share in (0.9, 0.5)}
    graphs |= {
        f"{count} strongest an atom": sparsify.keep_strongest(model, count) for count in (2, 1)
    }
    return graphs | {"no bonds": sparsify.keep_random(0.0)}


def one_epoch(graphs, labels):
    """A function that trains a model for an epoch on the graphs with a builder's edges."""
    import keras

    from keras_gt.loaders import GraphLoader
    from keras_gt.losses import MaskedMeanAbsoluteError

    def fine_tune(model, builder):
        built = graphs if builder is None else [builder(graph) for graph in graphs]
        model.compile(
            optimizer=keras.optimizers.AdamW(RATE, weight_decay=1e-5, global_clipnorm=1.0),
            loss=MaskedMeanAbsoluteError(),
        )
        loader = GraphLoader(built, labels, graphs_per_batch=64, shuffle=True, seed=0)
        model.fit(loader, epochs=1, verbose=0, shuffle=False)

    return fine_tune


def main():
    options = parsed(PROGRAM, __doc__)
    from keras_gt import datasets
    from keras_gt.analysis import sparsify
    from keras_gt.models import GraphRegressor

    data, model = datasets.load("zinc"), GraphRegressor.from_preset(PRESET)
    graphs, labels = data.part("test")

    def metric(predictions):
        value = float(np.abs(predictions.reshape(-1) - labels.reshape(-1)).mean())
        print(f"{value:.4f}", flush=True)
        return value

    train, targets = data.part("train")
    tune = one_epoch(model.preprocess(train[:TRAINED]), targets[:TRAINED])
    curves = {}
    for name, fine_tune in (("same weights", None), ("after one epoch", tune)):
        rows = sparsify.curve(
            model, builders(model), graphs, metric, batch_size=128, repeats=3, fine_tune=fine_tune
        )
        curves[name] = rows
        for row in rows:
            print(
                f"{name}: {row['builder']:<20} {row['quality']:.4f} {row['edges']:>7} edges "
                f"{row['seconds']:.2f} s",
                flush=True,
            )
    write_record(
        options.results,
        "molecule_edges",
        PROGRAM,
        clock="wall",
        preset=PRESET,
        metric="mean absolute error on ZINC's test split",
        graphs=len(graphs),
        fine_tuning={"molecules": TRAINED, "epochs": 1, "rate": RATE},
        curves=curves,
    )


if __name__ == "__main__":
    main()
