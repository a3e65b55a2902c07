"""The symbolic inputs of a graph model and the encoders that bring them to one width."""

import keras

from keras_gt.layers import (
    CategoricalEmbedding,
    PositionalEncoding,
    SignInvariantEncoding,
    SparseDense,
)
from keras_gt.models.wiring import dropped, normalized

_MOST_KINDS = 256  # of edges, above which each edge's features are looked up before anything else
_PLAN = ("receiver_offsets", "sender_offsets", "sender_order")


def check_features(name, features):
    """Raises unless features is {"dense": F}, {"categories": [sizes]} or {"words": V}."""
    kinds = ("dense", "categories", "words") if name == "node_features" else ("dense", "categories")
    if not isinstance(features, dict) or len(features) != 1 or next(iter(features)) not in kinds:
        raise ValueError(
            f"{name} must be a dictionary with one key of {list(kinds)}: the width of float "
            "features, the sizes of categorical columns or the size of the vocabulary. Received: "
            f"{name}={features!r}"
        )


def check_pair_encodings(encodings):
    """Raises unless each pair encoding is {"dim": K} or {"categories": n}."""
    for name, options in encodings.items():
        if not isinstance(options, dict) or set(options) not in ({"dim"}, {"categories"}):
            raise ValueError(
                "pair_encodings must map each input's name to {'dim': K} or {'categories': n}: the "
                "width of floats, or the number of categories (a list of numbers for several "
                f"columns). Received: pair_encodings[{name!r}]={options!r}"
            )


def optional_input(name, dtype):
    """An input of shape (B, axis) that may be None."""
    return keras.Input((None,), dtype=dtype, name=name, optional=True)


class GraphInputs:
    """Makes the inputs of a backbone, by name, and encodes the node and edge features.

    Args:
        dtype: the dtype policy of the encoders.
        use_weights: bool, whether the edges carry `edge_weights`.

    Raises:
        ValueError: by its methods, for features of an unknown kind, pair encodings of another form,
            dense features asked of others, or random signs beside an encoding without signs.

    Example:
        >>> from keras_gt.models import GraphInputs
        >>> inputs = GraphInputs("float32")
        >>> inputs.encode_nodes({"dense": 5}, 16).shape
        (None, None, 16)
        >>> "node_features" in inputs.tensors, "senders" in inputs.edges
        (True, True)
    """

    def __init__(self, dtype, use_weights=False):
        self.dtype = dtype
        self.tensors = {}
        self._dropped = None
        for name in ("senders", "receivers"):
            self.tensors[name] = keras.Input((None,), dtype="int32", name=name)
        for name in ("edge_mask", "node_mask"):
            self.tensors[name] = optional_input(name, "bool")
        for name in _PLAN:
            self.tensors[name] = optional_input(name, "int32")
        if use_weights:
            self.tensors["edge_weights"] = keras.Input((None,), name="edge_weights")

    @property
    def node_mask(self):
        return self.tensors["node_mask"]

    @property
    def edges(self):
        """The edges argument of the layers."""
        edges = {name: self.tensors[name] for name in ("senders", "receivers", *_PLAN)}
        edges["mask"] = self.tensors["edge_mask"]
        if "edge_weights" in self.tensors:
            edges["weights"] = self.tensors["edge_weights"]
        return edges

    def encode_nodes(
        self,
        features,
        units,
        use_bias=True,
        dropout=0.0,
        kernel_regularizer=None,
        initializer=None,
        name="node_encoder",
    ):
        """Node features of one of the three kinds, projected to units: (B, N, D).

        Several encoders, each with a name of its own, read the same inputs.

        initializer: of the vectors of categories; None for the default of `CategoricalEmbedding`.
        """
        check_features("node_features", features)
        options = {"dtype": self.dtype, "name": name}
        ((kind, size),) = features.items()
        if kind == "words":
            ids = self._input("feature_ids", (None, None), dtype="int32")
            values = self._input("feature_values", (None, None), optional=True)
            layer = SparseDense(
                size,
                units,
                use_bias=use_bias,
                dropout=dropout,
                kernel_regularizer=kernel_regularizer,
                **options,
            )
            return layer(ids, values)
        if kind == "categories":
            shape = (None,) if len(size) == 1 else (None, len(size))
            categories = self._input("node_features", shape, dtype="int32")
            layer = CategoricalEmbedding(size, units, initializer=initializer, **options)
            return layer(categories)
        layer = keras.layers.Dense(
            units, use_bias=use_bias, kernel_regularizer=kernel_regularizer, **options
        )
        return layer(self.dense_nodes(features, dropout))

    def dense_nodes(self, features, dropout=0.0):
        """Float node features after dropout, drawn once for all who read them: (B, N, F)."""
        check_features("node_features", features)
        if "dense" not in features:
            raise ValueError(
                "node_features must be {'dense': F} where a layer reads them as they are. Leave "
                f"a linear encoder before it. Received: node_features={features!r}"
            )
        if self._dropped is None:
            nodes = self._input("node_features", (None, features["dense"]))
            self._dropped = dropped(nodes, dropout, self.dtype, "input_dropout")
        return self._dropped

    def shortcut_of(self, features, dropout):
        """Function units -> the node features projected past the first layer: (B, N, units)."""
        return lambda units: self.encode_nodes(features, units, dropout=dropout, name="residual_0")

    @property
    def graphs(self):
        """The arguments by which a global layer knows the graphs of a row."""
        for name, dtype in (("graph_ids", "int32"), ("graph_mask", "bool")):
            self._input(name, (None,), dtype=dtype, optional=True)
        return {name: self.tensors[name] for name in ("node_mask", "graph_ids", "graph_mask")}

    def _input(self, name, shape, **options):
        """The input of this name, made at its first use."""
        if name not in self.tensors:
            self.tensors[name] = keras.Input(shape, name=name, **options)
        return self.tensors[name]

    def encode_edges(self, features, units, by_kind=False):
        """Edge features of either kind, projected to units: (B, E, D); None without features.

        With `by_kind` those of categories with few combinations come as a table, see `GraphLayer`.
        """
        if features is None:
            return None
        check_features("edge_features", features)
        options = {"dtype": self.dtype, "name": "edge_encoder"}
        ((kind, size),) = features.items()
        if kind == "categories":
            shape = (None,) if len(size) == 1 else (None, len(size))
            categories = keras.Input(shape, dtype="int32", name="edge_features")
            self.tensors["edge_features"] = categories
            layer = CategoricalEmbedding(size, units, **options)
            return layer(categories, by_kind=by_kind and layer.num_kinds <= _MOST_KINDS)
        pairs = keras.Input((None, size), name="edge_features")
        self.tensors["edge_features"] = pairs
        return keras.layers.Dense(units, **options)(pairs)

    @property
    def stored_edges(self):
        """The edges of type 0, which the last column of the edge features tells: (B, E) bool.

        `keras_gt.graph.add_expander_edges` leaves it so. Made after `encode_edges`.
        """
        features = self.tensors["edge_features"]
        kinds = features if len(features.shape) == 2 else features[..., -1]
        return keras.ops.equal(kinds, 0)

    def add_encodings(self, nodes, encodings):
        """Adds the projections of the positional encodings to the nodes.

        encodings: dictionary from an input's name to options, or None: "dim" K, and optionally
        "random_sign", "normalization" ("batch" for a norm before the projection) or, instead of
        "random_sign", "sign_invariant", a dictionary of arguments of the `SignInvariantEncoding`
        that goes before the projection.
        """
        for name, options in (encodings or {}).items():
            encoded = self._encode_encoding(name, options, nodes.shape[-1])
            nodes = nodes + encoded
        return nodes

    def join_encodings(self, nodes, encodings):
        """The nodes and the projections of the positional encodings side by side.

        encodings: as in `add_encodings`, each with the "units" of its projection.
        """
        parts = [nodes]
        for name, options in (encodings or {}).items():
            parts.append(self._encode_encoding(name, options, options["units"]))
        if len(parts) == 1:
            return nodes
        return keras.layers.Concatenate(dtype=self.dtype, name="join_encodings")(parts)

    def _encode_encoding(self, name, options, units):
        """A positional encoding, projected to units: (B, N, units)."""
        encoding = self.tensors[name] = keras.Input((None, options["dim"]), name=name)
        if options.get("sign_invariant") is not None:
            encoding = self._sign_invariant(name, options, encoding)
        norm = options.get("normalization")
        encoding = normalized(encoding, self.node_mask, norm, self.dtype, f"{name}_norm")
        layer = PositionalEncoding(
            units,
            random_sign=options.get("random_sign", False),
            dtype=self.dtype,
            name=f"{name}_encoder",
        )
        return layer(encoding)

    def encode_pairs(self, encodings, units, use_bias=True, initializer=None):
        """The sum of the projections of the pair encodings: (B, N, N, D); None without any.

        encodings: dictionary from an input's name to {"dim": K} for floats or {"categories": n}
        for integers (a list of numbers for several columns), or None. Pairs of different graphs
        and padding hold zeros, whose projection is the bias: mask them. initializer: of the
        vectors of categories; None for the default of `CategoricalEmbedding`.
        """
        check_pair_encodings(encodings or {})
        total = None
        for name, options in (encodings or {}).items():
            encoded = self._encode_pair(name, options, units, use_bias, initializer)
            total = encoded if total is None else total + encoded
        return total

    def _encode_pair(self, name, options, units, use_bias, initializer):
        ((kind, size),) = options.items()
        label = f"{name}_encoder"
        if kind == "dim":
            pairs = self.tensors[name] = keras.Input((None, None, size), name=name)
            return keras.layers.Dense(units, use_bias=use_bias, dtype=self.dtype, name=label)(pairs)
        sizes = [size] if isinstance(size, int) else list(size)
        columns = () if len(sizes) == 1 else (len(sizes),)
        pairs = self.tensors[name] = keras.Input((None, None, *columns), dtype="int32", name=name)
        if not columns:
            pairs = keras.ops.expand_dims(pairs, -1)  # the second node's axis is no column
        layer = CategoricalEmbedding(
            sizes, units, initializer=initializer, dtype=self.dtype, name=label
        )
        return layer(pairs)

    def _sign_invariant(self, name, options, encoding):
        """The encoding (B, N, K) as a SignNet makes it, of the same size."""
        if options.get("random_sign"):
            raise ValueError(
                "random_sign must be False beside sign_invariant, to which signs make no "
                f"difference. Leave out one of them. Received: {name}={options}"
            )
        layer = SignInvariantEncoding(
            **options["sign_invariant"], dtype=self.dtype, name=f"{name}_sign_invariant"
        )
        return layer(encoding, self.edges, node_mask=self.node_mask)
