"""Writes edges.md, a table of the edge builders, and edges.png: their edges, and how many.

`make readme` runs it; a test fails where edges.md is not what it would write.
"""

import pathlib

import matplotlib
import numpy as np

from docs.edge_builders import EDGE_BUILDERS
from docs.make_readme import table

PAGE = pathlib.Path(__file__).with_name("edges.md")
PICTURE = pathlib.Path(__file__).with_name("edges.png")
LENGTHS = (64, 256, 1024, 4096)
SHOWN = 64  # places in each small matrix
TEXT = """\
# Who may read whom: the edges of a sequence

A Transformer is a graph network on the complete graph; most "efficient Transformers" are the same
network on fewer edges. In `keras_gt.graph.builders` each of them is a function that returns edges,
so that any model can be given any of them. The counts are of the settings named beside them.

{table}

![Edges of each builder as matrices, and their number against the length](edges.png)

Above, a row of a matrix is a place, and its dark entries are whom it reads among {shown} places; to
the right of the line are the spans of the binary partition, and the first columns of
`causal_memory` are the places remembered. Below, the number of edges.
"""


def make_edges():
    """edges.md as it should be."""
    header = ["edges", "a place reads", "setting", "growth"]
    header += [f"n = {length:,}" for length in LENGTHS]
    rows = []
    for name, builder in EDGE_BUILDERS.items():
        link = f" ([paper]({builder.paper}))" if builder.paper else ""
        cells = [f"`{name}`{link}", builder.reads, builder.setting, builder.growth]
        rows.append(cells + [f"{builder.num_edges(length):,}" for length in LENGTHS])
    return TEXT.format(table=table(header, rows), shown=SHOWN)


def draw_matrices(figure):
    """One matrix a builder: row i, column j is dark where place i reads node j."""
    axes = figure.subplots(2, (len(EDGE_BUILDERS) + 1) // 2)
    for axis in axes.flat:
        axis.set_axis_off()
    for axis, (name, builder) in zip(axes.flat, EDGE_BUILDERS.items(), strict=False):
        senders, receivers = builder.build(SHOWN)[:2]
        matrix = np.zeros((SHOWN, senders.max() + 1))
        of_places = receivers < SHOWN
        matrix[receivers[of_places], senders[of_places]] = 1
        axis.imshow(matrix, cmap="Blues", vmin=0, vmax=1.3, interpolation="nearest")
        if receivers.max() >= SHOWN:
            axis.axvline(SHOWN - 0.5, color="#c0392b", linewidth=0.8)
        axis.set_title(name, fontsize=8)


def draw_counts(figure):
    """The number of edges against the length, on logarithmic axes."""
    axis = figure.subplots()
    styles = ("-", "--", ":")
    for index, (name, builder) in enumerate(EDGE_BUILDERS.items()):
        counts = [builder.num_edges(length) for length in LENGTHS]
        axis.loglog(LENGTHS, counts, styles[index % 3], marker="o", markersize=3, label=name)
    axis.set_xticks(LENGTHS, [f"{length:,}" for length in LENGTHS])
    axis.set_xticks([], minor=True)
    axis.set_xlabel("places n")
    axis.set_ylabel("edges")
    axis.legend(fontsize=7, ncols=2, frameon=False)


def draw():
    """The figure of edges.png."""
    from matplotlib import pyplot

    figure = pyplot.figure(figsize=(9, 7.5), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(1, 1.1))
    draw_matrices(above)
    draw_counts(below)
    return figure


if __name__ == "__main__":
    matplotlib.use("Agg")
    PAGE.write_text(make_edges(), encoding="utf-8")
    draw().savefig(PICTURE, dpi=110, metadata={"Software": None})
