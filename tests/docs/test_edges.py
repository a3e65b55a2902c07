"""edges.md shows every edge builder, whose edges grow as their papers say."""

import inspect

import keras
import numpy as np
import pytest

from docs.edge_builders import EDGE_BUILDERS
from docs.make_edges import PAGE, make_edges
from keras_gt.graph import builders

WITHOUT_EDGES = {"binary_partition_spans", "hash_buckets"}


def test_every_exported_builder_has_a_row():
    exported = {name for name, value in vars(builders).items() if inspect.isfunction(value)}
    assert set(EDGE_BUILDERS) == exported - WITHOUT_EDGES, "Add a row to docs/edge_builders.py."


if keras.backend.backend() == "torch":  # the same numbers everywhere

    def test_the_page_is_what_make_edges_writes():
        assert make_edges() == PAGE.read_text(encoding="utf-8"), "Run `make readme`."


@pytest.mark.parametrize("name", EDGE_BUILDERS)
def test_the_number_of_edges_grows_as_the_paper_says(name):
    builder = EDGE_BUILDERS[name]
    few, many = (builder.num_edges(length) for length in (256, 1024))
    exponent = np.log(many / few) / np.log(4)
    if name == "binary_partition":  # n log n: for k = 2, each doubling adds 2 k + 1 edges a place
        assert many / 1024 - few / 256 == pytest.approx(2 * 5, rel=0.02)
    else:
        assert exponent == pytest.approx(builder.exponent, abs=0.05)
    if builder.count is not None:
        assert builder.count(23) == builder.build(23)[0].size
