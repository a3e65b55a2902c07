"""Encodings of many graphs, computed once and kept in the cache."""

import functools
import hashlib

import numpy as np

from keras_gt.datasets.parsed_cache import cached_arrays
from keras_gt.graph.encode import check_kinds, encode, field_of

VERSION = 1  # of what the encodings mean and how they are stored
_CONTENT = (
    "senders",
    "receivers",
    "node_features",
    "feature_ids",
    "feature_values",
    "edge_features",
    "edge_weights",
)


def encode_graphs(graphs, encodings, progress=True):
    """Compute encodings of graphs by name, or read them from the cache.

    Each encoding of the whole list is one file in the cache (`KERAS_GT_CACHE` or the platform's),
    named by a hash of the graphs' contents, of the encoding's kind and arguments, and of the
    version of the format: it is found again whenever the same graphs are encoded in the same way,
    and nothing that differs is taken for it. Files are moved into place whole; a damaged one is
    computed again.

    Args:
        graphs: sequence of `keras_gt.graph.Graph`, whose arrays have the same widths.
        encodings: dictionary from a name to {"kind": ..., ...}, as
            `keras_gt.graph.add_encodings` takes it. A name that all graphs carry is kept.
        progress: bool, whether a bar on the terminal shows what is computed.

    Returns:
        list of `Graph` with the arrays in their `encodings` and `pair_encodings`.

    Raises:
        ValueError: for an unknown kind.

    Example:

    >>> from keras_gt.datasets import encode_graphs
    >>> from keras_gt.graph import Graph
    >>> walks = {"kind": "random_walk_pairs", "steps": 3}
    >>> encode_graphs([Graph(2, [0, 1], [1, 0]), Graph(1, [], [])], {"walks": walks})
    [Graph(num_nodes=2, num_edges=2, walks=(2, 2, 3) float32),
     Graph(num_nodes=1, num_edges=0, walks=(1, 1, 3) float32)]
    """
    graphs = list(graphs)
    check_kinds(encodings)
    contents = None
    for name, options in encodings.items():
        field = field_of(options)
        if all(name in getattr(graph, field) for graph in graphs):
            continue
        contents = _content_hash(graphs) if contents is None else contents
        arrays = cached_arrays(
            f"encoding-{options['kind']}",
            (VERSION, contents, sorted(options.items())),
            functools.partial(_computed, graphs, options, progress),
        )
        each = _of_each_graph(graphs, arrays["values"], field)
        graphs = [
            graph.replace(**{field: {**getattr(graph, field), name: array}})
            for graph, array in zip(graphs, each, strict=True)
        ]
    return graphs


def _content_hash(graphs):
    digest = hashlib.sha256()
    for graph in graphs:
        digest.update(repr(graph.num_nodes).encode())
        for name in _CONTENT:
            if (array := getattr(graph, name)) is not None:
                digest.update(f"{name}{array.shape}{array.dtype.str}".encode())
                digest.update(np.ascontiguousarray(array))
    return digest.hexdigest()


def _computed(graphs, options, progress):
    """The encoding of every graph, end to end: one row a node or a pair of nodes."""
    import sys

    from rich.console import Console
    from rich.progress import track

    console, shown = Console(file=sys.stderr), graphs
    if progress and console.is_terminal:  # even a disabled bar leaves an empty line in a log
        shown = track(graphs, description=options["kind"], console=console, transient=True)
    arrays = [encode(graph, options) for graph in shown]
    if field_of(options) == "pair_encodings":
        arrays = [array.reshape(-1, *array.shape[2:]) for array in arrays]  # (N N, ...)
    return {"values": np.concatenate(arrays)}


def _of_each_graph(graphs, values, field):
    """One array a graph: (N, ...) or (N, N, ...)."""
    counts = np.array([graph.num_nodes for graph in graphs])
    if field == "encodings":
        return np.split(values, np.cumsum(counts)[:-1])
    parts = np.split(values, np.cumsum(counts**2)[:-1])
    pairs = zip(counts, parts, strict=True)
    return [part.reshape(count, count, *part.shape[1:]) for count, part in pairs]
