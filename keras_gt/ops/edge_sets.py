"""The entry where the form of the edges is resolved, once, so that no layer branches on it."""

from keras import backend, ops

from keras_gt.ops._backend import native
from keras_gt.ops.dense_edges import DenseEdges
from keras_gt.ops.sparse_edges import SparseEdges

MAX_PAIR_ELEMENTS = 2**28

EDGE_KEYS = (
    "senders",
    "receivers",
    "mask",
    "weights",
    "receiver_offsets",
    "sender_offsets",
    "sender_order",
)


def resolve_edges(
    edges,
    node_features,
    sender_features=None,
    node_mask=None,
    max_pair_elements=MAX_PAIR_ELEMENTS,
):
    """The edge set that a layer works on, from any of the accepted forms.

    Args:
        edges: None for the complete graph; a (B, N, M) adjacency, boolean (true where node n
            reads node m) or float (edge weights, 0 where there is no edge); or a dictionary of
            (B, E) arrays `senders` and `receivers`, with optional `mask`, `weights` and the plan
            made by `keras_gt.graph.plan_edges`. A dictionary with the key `adjacency` holds any
            of the three: the adjacency, the edge lists, or, where all values are None, nothing,
            which is the complete graph. So a model takes each form as an optional input.
        node_features: (B, N, F) tensor of the receiving nodes.
        sender_features: (B, M, F) tensor of the sending nodes of a bipartite graph; None where
            the receiving nodes send.
        node_mask: (B, N) bool tensor, true for real nodes. Edges from masked nodes are dropped;
            not used for the senders of a bipartite graph, nor where `edges` has its own mask.
        max_pair_elements: largest size of a dense pair tensor.

    Returns:
        A `SparseEdges` or a `DenseEdges`: the same methods, the same numbers.

    Raises:
        ValueError: if the form is not one of the three or a key is unknown or missing.

    Example:
        >>> ends, nodes = ops.array([[0]]), ops.ones((1, 2, 3))
        >>> type(resolve_edges({"senders": ends, "receivers": ends}, nodes)).__name__
        'SparseEdges'
    """
    senders_of = node_features if sender_features is None else sender_features
    sender_mask = node_mask if sender_features is None else None
    edges = form_given(edges)
    if isinstance(edges, dict):
        check_edge_keys(edges)
        return SparseEdges(edges, node_features, senders_of, sender_mask)
    if edges is not None and len(edges.shape) != 3:
        raise ValueError(
            "edges must be None, a (B, N, M) adjacency or a dictionary with senders and "
            f"receivers. Pass an edge list as a dictionary. Received: edges of shape {edges.shape}"
        )
    weights = None
    if edges is not None:
        weights = edges if backend.is_float_dtype(edges.dtype) else None
        edges = ops.not_equal(edges, 0) if weights is not None else ops.cast(edges, "bool")
    return DenseEdges(edges, node_features, senders_of, sender_mask, max_pair_elements, weights)


def form_given(edges):
    """The one form that a dictionary with an adjacency key holds; edges in a form as they are."""
    if not isinstance(edges, dict) or "adjacency" not in edges:
        return edges
    lists = {name: value for name, value in edges.items() if name != "adjacency"}
    given = [name for name, value in lists.items() if value is not None]
    if edges["adjacency"] is None:
        return lists if given else None
    if given and native("fast_paths_allowed")():  # TensorFlow's export traces all inputs at once
        raise ValueError(
            "edges must be an adjacency or edge lists, not both. Leave one of them out. Received: "
            f"adjacency, {', '.join(given)}"
        )
    return edges["adjacency"]


def check_edge_keys(edges):
    """Raises the named error for a missing or an unknown key."""
    missing = [key for key in ("senders", "receivers") if edges.get(key) is None]
    if missing:
        raise ValueError(
            f"edges must have senders and receivers. Add {missing}. Received: keys {sorted(edges)}"
        )
    unknown = sorted(set(edges) - set(EDGE_KEYS))
    if unknown:
        raise ValueError(
            f"edges must have no keys but {list(EDGE_KEYS)}. Remove {unknown}; edge features are "
            f"an argument of their own. Received: keys {sorted(edges)}"
        )
