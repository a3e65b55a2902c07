"""One graph in memory: a frozen set of NumPy arrays."""

import dataclasses

import numpy as np

from keras_gt.graph.validation import as_floats, as_indices, as_values, validate_graph


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Graph:
    """A directed graph: nodes, edges and what they carry, as NumPy arrays.

    A message goes sender -> receiver, so an undirected edge is stored in both directions. Arrays
    are brought to int32 and float32 on construction; values are checked by `validate`, which
    every conversion, `inputs` and the batcher call.

    Args:
        num_nodes: int, at least 1; written N below.
        senders: (E,) integers in 0..N-1, the node each edge comes from.
        receivers: (E,) integers in 0..N-1, the node each edge goes to.
        node_features: (N, F) floats, or (N,) or (N, K) integers for K categorical columns.
        feature_ids: (N, W) integers, a bag of words for each node: the sparse form of a wide
            feature matrix. -1 is no word.
        feature_values: (N, W) floats, the value of each word; 1 for each word when not given.
        edge_features: (E, C) floats, or (E,) or (E, C) integers for categorical columns.
        edge_weights: (E,) floats, a scalar for each edge.
        encodings: dictionary of name -> (N, K) floats, such as `positional_encoding`. Each name
            becomes a key of the model's inputs.

    Raises:
        ValueError: from the constructor when an array has a type that a graph cannot hold, and
            from `validate` when shapes or values do not fit together.

    Example:

    >>> import numpy as np
    >>> from keras_gt.graph import Graph
    >>> path = Graph(3, senders=[0, 1, 1, 2], receivers=[1, 0, 2, 1], node_features=np.eye(3))
    >>> path.validate()
    Graph(num_nodes=3, num_edges=4, node_features=(3, 3) float32)
    >>> path.inputs()["receivers"]
    array([[0, 1, 1, 2]], dtype=int32)
    """

    num_nodes: int
    senders: np.ndarray
    receivers: np.ndarray
    node_features: np.ndarray | None = None
    feature_ids: np.ndarray | None = None
    feature_values: np.ndarray | None = None
    edge_features: np.ndarray | None = None
    edge_weights: np.ndarray | None = None
    encodings: dict[str, np.ndarray] | None = None

    def __post_init__(self):
        converters = {
            "senders": as_indices,
            "receivers": as_indices,
            "node_features": as_values,
            "feature_ids": as_indices,
            "feature_values": as_floats,
            "edge_features": as_values,
            "edge_weights": as_floats,
        }
        for name, convert in converters.items():
            value = getattr(self, name)
            if value is not None or name in ("senders", "receivers"):
                object.__setattr__(self, name, convert(name, value))
        encodings = {} if self.encodings is None else self.encodings
        if not isinstance(encodings, dict):
            raise ValueError(
                "encodings must be a dictionary of name -> (num_nodes, K) array. Name the array, "
                'for example {"positional_encoding": array}. '
                f"Received: encodings={type(encodings).__name__}"
            )
        encodings = {name: as_floats(f"encodings[{name!r}]", v) for name, v in encodings.items()}
        object.__setattr__(self, "encodings", encodings)

    @property
    def num_edges(self):
        """Number of stored edges; an undirected edge counts twice."""
        return int(self.senders.shape[0])

    def validate(self):
        """Check every shape and value; return the graph itself.

        Returns:
            This graph.

        Raises:
            ValueError: naming the first array that does not fit, the rule and what was received.
        """
        validate_graph(self)
        return self

    def replace(self, **changes):
        """A copy with the named fields changed.

        Args:
            **changes: fields of this class and their new values.

        Returns:
            A new `Graph`.
        """
        return dataclasses.replace(self, **changes)

    def node_arrays(self):
        """Everything a node carries, by input name: dictionary of (N, ...) arrays."""
        named = {
            "node_features": self.node_features,
            "feature_ids": self.feature_ids,
            "feature_values": self.feature_values,
        }
        return {k: v for k, v in named.items() if v is not None} | self.encodings

    def edge_arrays(self):
        """Everything an edge carries, by input name: dictionary of (E, ...) arrays."""
        named = {"edge_features": self.edge_features, "edge_weights": self.edge_weights}
        return {k: v for k, v in named.items() if v is not None}

    def inputs(self):
        """The inputs of a model for this one graph: a batch of one row.

        Edges are sorted by receiver and carry a plan (see `plan_edges`). A graph without edges
        gets one masked edge, because empty arrays are not the same thing on every backend.

        Returns:
            Dictionary of arrays with a leading axis of 1: the node and edge arrays of this graph,
            `senders`, `receivers`, `node_mask`, `edge_mask`, `receiver_offsets`,
            `sender_offsets` and `sender_order`.

        Raises:
            ValueError: if the graph is not valid.
        """
        from keras_gt.graph.graph_store import GraphStore

        self.validate()
        batch = GraphStore([self]).batch(np.zeros((1, 1), int), self.num_nodes, self.num_edges)
        del batch["graph_ids"], batch["graph_mask"]
        return batch

    def is_symmetric(self):
        """Whether each stored edge is also stored in the other direction."""
        pairs = np.unique(self.senders.astype(np.int64) * self.num_nodes + self.receivers)
        flipped = np.unique(self.receivers.astype(np.int64) * self.num_nodes + self.senders)
        return bool(np.array_equal(pairs, flipped))

    def __repr__(self):
        arrays = self.node_arrays() | self.edge_arrays()
        shown = "".join(f", {name}={v.shape} {v.dtype}" for name, v in arrays.items())
        return f"Graph(num_nodes={self.num_nodes}, num_edges={self.num_edges}{shown})"
