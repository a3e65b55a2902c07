"""Encodings by name: what a preprocessor or a data set is told to compute."""

from keras_gt.graph import encodings as functions

NODE_KINDS = (
    "laplacian_eigenvectors",
    "laplacian_eigenvalues",
    "random_walk_probabilities",
    "degrees",
    "hop_features",
)
PAIR_KINDS = ("shortest_path_distances", "shortest_path_features", "random_walk_pairs")


def check_kinds(encodings):
    """Raises unless every encoding has a known kind.

    Args:
        encodings: dictionary from a name to {"kind": ..., ...}.

    Raises:
        ValueError: naming the kinds.
    """
    for options in encodings.values():
        if options.get("kind") not in NODE_KINDS + PAIR_KINDS:
            raise ValueError(
                f"encodings must have a kind of {list(NODE_KINDS + PAIR_KINDS)}. Name one of them. "
                f"Received: {options!r}"
            )


def encode(graph, options):
    """One encoding of a graph.

    Args:
        graph: a `Graph`.
        options: {"kind": the name of a function of `keras_gt.graph.encodings`, ...}, the rest
            being its arguments.

    Returns:
        The array.
    """
    options = dict(options)
    return getattr(functions, options.pop("kind"))(graph, **options)


def add_encodings(graph, encodings):
    """Compute encodings of a graph by name; those that it carries already are kept.

    Args:
        graph: a `Graph`.
        encodings: dictionary from a name to {"kind": ..., ...}, such as
            {"positional_encoding": {"kind": "laplacian_eigenvectors", "k": 8}}. Nodes have the
            kinds of `NODE_KINDS`, pairs those of `PAIR_KINDS`.

    Returns:
        A `Graph` with the arrays in its `encodings` and `pair_encodings`.

    Raises:
        ValueError: for an unknown kind.

    Example:

    >>> from keras_gt.graph import Graph, add_encodings
    >>> walks = {"kind": "random_walk_pairs", "steps": 3}
    >>> add_encodings(Graph(2, [0, 1], [1, 0]), {"walks": walks})
    Graph(num_nodes=2, num_edges=2, walks=(2, 2, 3) float32)
    """
    check_kinds(encodings)
    found = {"encodings": dict(graph.encodings), "pair_encodings": dict(graph.pair_encodings)}
    for name, options in encodings.items():
        field = found[field_of(options)]
        if name not in field:
            field[name] = encode(graph, options)
    return graph.replace(**found)


def field_of(options):
    """The field of `Graph` that holds this encoding."""
    return "pair_encodings" if options["kind"] in PAIR_KINDS else "encodings"
