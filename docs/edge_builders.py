"""The edges between the places of a sequence, as the table and the picture show them."""

import dataclasses
from collections.abc import Callable

import numpy as np

from keras_gt.graph import builders

FEATURES = np.random.default_rng(0).normal(size=(4096, 256))


@dataclasses.dataclass(frozen=True)
class EdgeBuilder:
    """One row of the table.

    Args:
        build: function of the number of places n that returns the edges.
        setting: str, its arguments as functions of n.
        reads: str, whom a place reads.
        growth: str, how the number of edges grows, as its paper says.
        exponent: float, that growth as a power of n; logarithms are left out.
        paper: str, the paper's address, or "" where none is meant.
        count: function of n that returns the number of edges without building them; None builds.
    """

    build: Callable
    setting: str
    reads: str
    growth: str
    exponent: float
    paper: str = ""
    count: Callable | None = None

    def num_edges(self, num_nodes):
        """Edges between that many places."""
        return self.count(num_nodes) if self.count else self.build(num_nodes)[0].size


def root(num_nodes):
    """The square root of a square number."""
    return round(num_nodes**0.5)


EDGE_BUILDERS = {
    "complete": EdgeBuilder(
        builders.complete,
        "",
        "everyone",
        "n^2",
        2,
        "https://arxiv.org/abs/1706.03762",
        count=lambda n: n**2,
    ),
    "causal": EdgeBuilder(
        builders.causal,
        "",
        "itself and everything before",
        "n^2 / 2",
        2,
        "https://arxiv.org/abs/1706.03762",
        count=lambda n: n * (n + 1) // 2,
    ),
    "causal_memory": EdgeBuilder(
        lambda n: builders.causal_memory(n, 16, span=17),
        "16 remembered, span 17",
        "itself and the 16 places before, the first of which are remembered",
        "n",
        1,
        "https://arxiv.org/abs/1901.02860",
    ),
    "strided": EdgeBuilder(
        lambda n: builders.strided(n, root(n)),
        "stride sqrt(n)",
        "the sqrt(n) places up to itself, and every sqrt(n)-th before",
        "n sqrt(n)",
        1.5,
        "https://arxiv.org/abs/1904.10509",
    ),
    "fixed": EdgeBuilder(
        lambda n: builders.fixed(n, root(n)),
        "block sqrt(n)",
        "its block up to itself, and the last place of each block before",
        "n sqrt(n)",
        1.5,
        "https://arxiv.org/abs/1904.10509",
    ),
    "window": EdgeBuilder(
        lambda n: builders.window(n, 8),
        "8 places to either side",
        "what is near",
        "n",
        1,
        "https://arxiv.org/abs/2004.05150",
    ),
    "window_hub": EdgeBuilder(
        lambda n: builders.window_hub(n, 8),
        "8 places, 1 hub",
        "what is near, and a hub that reads and is read by everyone",
        "n",
        1,
        "https://arxiv.org/abs/1902.09113",
    ),
    "random_window_hub": EdgeBuilder(
        lambda n: builders.random_window_hub(n, 8, 8),
        "8 places, 8 random ones, 1 hub",
        "what is near, a hub, and some at random",
        "n",
        1,
        "https://arxiv.org/abs/2007.14062",
    ),
    "lsh_buckets": EdgeBuilder(
        lambda n: builders.lsh_buckets(FEATURES[:n], n // 16),
        "n / 16 buckets of random vectors",
        "whoever points the same way",
        "n for buckets of one size",
        1,
        "https://arxiv.org/abs/2001.04451",
    ),
    "binary_partition": EdgeBuilder(
        lambda n: builders.binary_partition(n, 2),
        "k = 2",
        "k spans to either side on each scale; spans read their places",
        "k n log(n / k)",
        1,
        "https://arxiv.org/abs/1911.04070",
    ),
    "expander": EdgeBuilder(
        lambda n: builders.expander(n, 8),
        "8 neighbours",
        "random neighbours, who are soon everywhere",
        "n",
        1,
        "https://arxiv.org/abs/2303.06147",
    ),
    "nearest_neighbours": EdgeBuilder(
        lambda n: builders.nearest_neighbours(FEATURES[:n, :2], 8),
        "8 neighbours of random points",
        "whoever lies near in the plane",
        "n",
        1,
    ),
}
