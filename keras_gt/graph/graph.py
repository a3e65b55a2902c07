"""One graph in memory: a frozen set of NumPy arrays."""

import dataclasses

import numpy as np

from keras_gt.graph.conversions.edge_index import check_order, highest_node, split_edge_index
from keras_gt.graph.validation import (
    as_floats,
    as_indices,
    as_named_arrays,
    as_values,
    validate_graph,
)


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
        encodings: dictionary of name -> (N, K) or (N, T, K) floats, such as
            `positional_encoding`. Each name becomes a key of the model's inputs.
        pair_encodings: dictionary of name -> (N, N) or (N, N, K) floats, or integers for
            categories; entry [i, j] is what receiver i knows of sender j. Each name becomes a
            key of the model's inputs, too.

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
    pair_encodings: dict[str, np.ndarray] | None = None

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
        for field, convert in (("encodings", as_floats), ("pair_encodings", as_values)):
            given = as_named_arrays(field, getattr(self, field))
            arrays = {name: convert(f"{field}[{name!r}]", v) for name, v in given.items()}
            object.__setattr__(self, field, arrays)

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
        """Everything a node carries, by input name: dictionary of (N, ...) arrays.

        What pairs of nodes carry is in `pair_encodings`.
        """
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
            Dictionary of arrays with a leading axis of 1: the node, edge and pair arrays of this
            graph, `senders`, `receivers`, `node_mask`, `edge_mask`, `receiver_offsets`,
            `sender_offsets` and `sender_order`.

        Raises:
            ValueError: if the graph is not valid.
        """
        from keras_gt.graph.graph_store import GraphStore

        self.validate()
        batch = GraphStore([self]).batch(np.zeros((1, 1), int), self.num_nodes, self.num_edges)
        del batch["graph_ids"], batch["graph_mask"]
        return batch

    @classmethod
    def from_edge_index(cls, edge_index, num_nodes=None, *, order="source_to_target", **fields):
        """A graph out of an edge index. This is the only place that knows the order of its rows.

        Args:
            edge_index: (2, E) integers.
            num_nodes: int; the highest index plus one when not given.
            order: "source_to_target" if the first row holds the senders, as in PyTorch Geometric,
                "target_to_source" if it holds the receivers.
            **fields: other fields of this class.

        Returns:
            A valid `Graph`.

        Raises:
            ValueError: if shapes or values do not fit together.

        Example:

        >>> from keras_gt.graph import Graph
        >>> Graph.from_edge_index([[0, 1], [1, 2]]).receivers.tolist()
        [1, 2]
        """
        senders, receivers = split_edge_index(edge_index, order)
        num_nodes = highest_node(senders, receivers) if num_nodes is None else num_nodes
        return cls(num_nodes, senders, receivers, **fields).validate()

    def to_edge_index(self, order="source_to_target"):
        """The edges as a (2, E) int32 array; `order` as in `from_edge_index`."""
        check_order(order)
        rows = (self.senders, self.receivers)
        return np.stack(rows if order == "source_to_target" else rows[::-1])

    @classmethod
    def from_networkx(
        cls, graph, *, node_attribute=None, edge_attribute=None, weight_attribute=None
    ):
        """A graph out of a NetworkX graph, nodes in its order; undirected edges go both ways.

        Args:
            graph: NetworkX graph, directed or not, simple or multi.
            node_attribute: str, the node attribute that becomes `node_features`.
            edge_attribute: str, the edge attribute that becomes `edge_features`.
            weight_attribute: str, the edge attribute that becomes `edge_weights`.

        Returns:
            A valid `Graph`.

        Raises:
            ValueError: if a node or an edge lacks the attribute, or values do not fit.
        """
        from keras_gt.graph.conversions.networkx_graph import edges_from_networkx

        attributes = (node_attribute, edge_attribute, weight_attribute)
        return cls(**edges_from_networkx(graph, *attributes)).validate()

    def to_networkx(self):
        """A `networkx.DiGraph` (`MultiDiGraph` if an edge is stored twice), arrays as attributes.

        Raises:
            ImportError: if NetworkX is not installed.
        """
        from keras_gt.graph.conversions.networkx_graph import networkx_from_graph

        return networkx_from_graph(self)

    @classmethod
    def from_scipy(cls, adjacency, *, order="source_to_target", **fields):
        """A graph out of the stored entries of a sparse adjacency matrix.

        Args:
            adjacency: (N, N) SciPy sparse matrix. Its values become `edge_weights`, unless all
                are 1.
            order: "source_to_target" if rows are senders, "target_to_source" if rows are
                receivers.
            **fields: other fields of this class.

        Returns:
            A valid `Graph`.

        Raises:
            ValueError: if the matrix is not square or not sparse, or fields do not fit.
        """
        from keras_gt.graph.conversions.scipy_matrix import edges_from_matrix

        rows, columns, weights = edges_from_matrix(adjacency)
        fields = {"num_nodes": adjacency.shape[0], "order": order} | fields
        if weights is not None:
            fields["edge_weights"] = weights
        return cls.from_edge_index(np.stack([rows, columns]), **fields)

    def to_scipy(self, order="source_to_target"):
        """A (N, N) `scipy.sparse.csr_array` of the edge weights, 1 where there are none.

        Repeated edges are summed; `order` as in `from_scipy`.
        """
        from keras_gt.graph.conversions.scipy_matrix import matrix_from_graph

        check_order(order)
        return matrix_from_graph(self, order)

    @classmethod
    def from_pyg(cls, data):
        """A graph out of a `torch_geometric.data.Data`: `x`, `edge_attr` and `edge_weight`.

        Raises:
            ValueError: if it has no `edge_index`, or values do not fit together.
        """
        from keras_gt.graph.conversions.pyg_data import fields_from_pyg

        return cls(**fields_from_pyg(data)).validate()

    def to_pyg(self):
        """A `torch_geometric.data.Data` with `x`, `edge_attr`, `edge_weight` and the encodings.

        Raises:
            ImportError: if PyTorch Geometric is not installed.
        """
        from keras_gt.graph.conversions.pyg_data import pyg_from_graph

        return pyg_from_graph(self)

    @classmethod
    def from_smiles(cls, smiles, *, check_valence=True):
        """The graph of a molecule: heavy atoms as nodes, bonds as edges in both directions.

        Node features are the nine, edge features the three integer columns of the Open Graph
        Benchmark; `ATOM_FEATURE_SIZES` and `BOND_FEATURE_SIZES` say how many categories each has.

        Args:
            smiles: str, a SMILES string.
            check_valence: bool, whether an atom with more bonds than RDKit allows is refused.

        Returns:
            A valid `Graph`.

        Raises:
            ValueError: if the string is no molecule.
            ImportError: if RDKit is not installed.
        """
        from keras_gt.graph.smiles import graph_from_molecule, molecule_from_smiles

        return graph_from_molecule(molecule_from_smiles(smiles, check_valence))

    @classmethod
    def from_conllu(cls, text):
        """The dependency tree of one sentence in CoNLL-U: words as nodes, edges both ways.

        `keras_gt.graph.read_conllu` reads many sentences and keeps their words;
        `DependencyTree.graph` says what nodes and edges carry.

        Args:
            text: str, the lines of one sentence.

        Returns:
            A valid `Graph`.

        Raises:
            ValueError: if a line is not in the format, the sentence is no tree, or there is not
                exactly one.
        """
        from keras_gt.graph.read_conllu import read_conllu

        trees = read_conllu(text)
        if len(trees) != 1:
            raise ValueError(
                "text must hold one sentence. Use keras_gt.graph.read_conllu for several. "
                f"Received: {len(trees)} sentences"
            )
        return trees[0].graph()

    def is_symmetric(self):
        """Whether each stored edge is also stored in the other direction."""
        pairs = np.unique(self.senders.astype(np.int64) * self.num_nodes + self.receivers)
        flipped = np.unique(self.receivers.astype(np.int64) * self.num_nodes + self.senders)
        return bool(np.array_equal(pairs, flipped))

    def __repr__(self):
        arrays = self.node_arrays() | self.pair_encodings | self.edge_arrays()
        shown = "".join(f", {name}={v.shape} {v.dtype}" for name, v in arrays.items())
        return f"Graph(num_nodes={self.num_nodes}, num_edges={self.num_edges}{shown})"
