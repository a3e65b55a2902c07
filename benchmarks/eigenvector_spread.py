"""`python -m benchmarks.eigenvector_spread`: graph_transformer_zinc on other eigenvectors.

A Laplacian eigenvector is defined up to its sign, and those of a repeated eigenvalue up to a
rotation of their space, so that another machine may give a model other encodings of the same
molecule. Each draw multiplies every simple eigenvector of every test molecule by a random sign and
turns those of every repeated eigenvalue by a random orthogonal matrix, before the first eight are
chosen; and, for comparison, draws signs alone. Eigenvalues closer than `SAME` are the same. Counts
the molecules with such a repetition among the eight, also with a ninth that was not chosen, and the
test graphs of PATTERN, whose preset reads two: without any, their encodings differ by signs alone.
Writes the mean absolute error of every draw to benchmarks/results/eigenvector_spread.json.
"""

import numpy as np

from benchmarks.records import parsed, write_record

PROGRAM = "benchmarks.eigenvector_spread"
PRESET = "graph_transformer_zinc"
ENCODING, COLUMNS = "positional_encoding", 8
COLUMNS_ON_PATTERN = 2
DRAWS = 10
SAME = 1e-5  # float32 eigenvalues of 0 to 2


def spectrum(graph):
    """All eigenvalues (N,) and eigenvectors (N, N) of a graph's Laplacian."""
    from keras_gt.graph import encodings

    count = graph.num_nodes
    values = encodings.laplacian_eigenvalues(graph, count, include_trivial=True)[0]
    return values, encodings.laplacian_eigenvectors(graph, count, include_trivial=True)


def spaces(values):
    """The eigenspaces of ascending eigenvalues: list of index arrays."""
    return np.split(np.arange(values.size), np.flatnonzero(np.diff(values) > SAME) + 1)


def turned(values, vectors, random, rotations):
    """The first eight eigenvectors but for the trivial one, of other bases of the eigenspaces."""
    from scipy.stats import ortho_group

    result = vectors * random.choice([-1.0, 1.0], size=values.size)
    for space in spaces(values) if rotations else ():
        if space.size > 1:
            result[:, space] = vectors[:, space] @ ortho_group.rvs(space.size, random_state=random)
    padded = np.zeros((len(vectors), COLUMNS), np.float32)
    chosen = result[:, 1 : 1 + COLUMNS]
    padded[:, : chosen.shape[1]] = chosen
    return padded


def repetitions(spectra, columns):
    """How many graphs have an encoding that shares an eigenvalue with another eigenvector."""
    found = 0
    for values, _ in spectra:
        repeated = [space for space in spaces(values) if space.size > 1]
        found += any(np.any((space >= 1) & (space <= columns)) for space in repeated)
    return found


def main():
    options = parsed(PROGRAM, __doc__)
    from keras_gt import datasets
    from keras_gt.models import GraphRegressor

    graphs, labels = datasets.load("zinc").part("test")
    model = GraphRegressor.from_preset(PRESET)
    spectra = [spectrum(graph) for graph in graphs]

    def error(encoded):
        predictions = model.predict(encoded, verbose=0)
        return float(np.abs(predictions.reshape(-1) - labels.reshape(-1)).mean())

    rows = []
    for rotations in (False, True):
        for seed in range(DRAWS):
            random = np.random.default_rng(seed)
            encoded = [
                graph.replace(encodings={ENCODING: turned(*found, random, rotations)})
                for graph, found in zip(graphs, spectra, strict=True)
            ]
            kind = "signs and rotations" if rotations else "signs"
            rows.append({"kind": kind, "seed": seed, "error": error(encoded)})
            print(f"{kind}, seed {seed}: {rows[-1]['error']:.4f}", flush=True)
    pattern = [spectrum(graph) for graph in datasets.load("pattern").part("test")[0]]
    found = {}
    for kind in ("signs", "signs and rotations"):
        errors = [row["error"] for row in rows if row["kind"] == kind]
        found[kind] = {"mean": float(np.mean(errors)), "std": float(np.std(errors))}
        print(f"{kind}: {found[kind]['mean']:.4f} +- {found[kind]['std']:.4f}")
    write_record(
        options.results,
        "eigenvector_spread",
        PROGRAM,
        preset=PRESET,
        metric="mean absolute error on ZINC's test split",
        graphs=len(graphs),
        graphs_with_a_repeated_eigenvalue=repetitions(spectra, COLUMNS),
        pattern={
            "graphs": len(pattern),
            "graphs_with_a_repeated_eigenvalue": repetitions(pattern, COLUMNS_ON_PATTERN),
        },
        same_eigenvalue=SAME,
        as_the_preprocessor_gives_them=error(graphs),
        rows=rows,
        **found,
    )


if __name__ == "__main__":
    main()
