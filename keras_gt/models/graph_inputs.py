"""The symbolic inputs of a graph model and the encoders that bring them to one width."""

import keras

from keras_gt.layers import CategoricalEmbedding, Dropout, PositionalEncoding, SparseDense
from keras_gt.models.convolution_stack import normalized

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
    """

    def __init__(self, dtype, use_weights=False):
        self.dtype = dtype
        self.tensors = {}
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

    def encode_nodes(self, features, units, use_bias=True, dropout=0.0, kernel_regularizer=None):
        """Node features of one of the three kinds, projected to units: (B, N, D)."""
        check_features("node_features", features)
        options = {"dtype": self.dtype, "name": "node_encoder"}
        ((kind, size),) = features.items()
        if kind == "words":
            ids = keras.Input((None, None), dtype="int32", name="feature_ids")
            values = keras.Input((None, None), name="feature_values", optional=True)
            self.tensors.update(feature_ids=ids, feature_values=values)
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
            categories = keras.Input(shape, dtype="int32", name="node_features")
            self.tensors["node_features"] = categories
            return CategoricalEmbedding(size, units, **options)(categories)
        nodes = keras.Input((None, size), name="node_features")
        self.tensors["node_features"] = nodes
        hidden = Dropout(dropout, dtype=self.dtype, name="input_dropout")(nodes)
        layer = keras.layers.Dense(
            units, use_bias=use_bias, kernel_regularizer=kernel_regularizer, **options
        )
        return layer(hidden)

    def encode_edges(self, features, units):
        """Edge features of either kind, projected to units: (B, E, D); None without features."""
        if features is None:
            return None
        check_features("edge_features", features)
        options = {"dtype": self.dtype, "name": "edge_encoder"}
        ((kind, size),) = features.items()
        if kind == "categories":
            shape = (None,) if len(size) == 1 else (None, len(size))
            categories = keras.Input(shape, dtype="int32", name="edge_features")
            self.tensors["edge_features"] = categories
            return CategoricalEmbedding(size, units, **options)(categories)
        pairs = keras.Input((None, size), name="edge_features")
        self.tensors["edge_features"] = pairs
        return keras.layers.Dense(units, **options)(pairs)

    def add_encodings(self, nodes, encodings):
        """Adds the projections of the positional encodings to the nodes.

        encodings: dictionary from an input's name to {"dim": K, "random_sign": bool}, or None.
        """
        for name, options in (encodings or {}).items():
            encoding = keras.Input((None, options["dim"]), name=name)
            self.tensors[name] = encoding
            layer = PositionalEncoding(
                nodes.shape[-1],
                random_sign=options.get("random_sign", False),
                dtype=self.dtype,
                name=f"{name}_encoder",
            )
            nodes = keras.layers.Add(dtype=self.dtype, name=f"add_{name}")([nodes, layer(encoding)])
        return nodes

    def join_encodings(self, nodes, encodings):
        """The nodes and the projections of the positional encodings side by side.

        encodings: dictionary from an input's name to {"dim": K, "units": D, "random_sign": bool,
        "normalization": "batch" for a norm before the projection}, or None.
        """
        parts = [nodes]
        for name, options in (encodings or {}).items():
            encoding = self.tensors[name] = keras.Input((None, options["dim"]), name=name)
            norm = options.get("normalization")
            encoding = normalized(encoding, self.node_mask, norm, self.dtype, f"{name}_norm")
            layer = PositionalEncoding(
                options["units"],
                random_sign=options.get("random_sign", False),
                dtype=self.dtype,
                name=f"{name}_encoder",
            )
            parts.append(layer(encoding))
        if len(parts) == 1:
            return nodes
        return keras.layers.Concatenate(dtype=self.dtype, name="join_encodings")(parts)

    def encode_pairs(self, encodings, units, use_bias=True):
        """The sum of the projections of the pair encodings: (B, N, N, D); None without any.

        encodings: dictionary from an input's name to {"dim": K} for floats or {"categories": n}
        for integers (a list of numbers for several columns), or None. Pairs of different graphs
        and padding hold zeros, whose projection is the bias: mask them.
        """
        check_pair_encodings(encodings or {})
        total = None
        for name, options in (encodings or {}).items():
            encoded = self._encode_pair(name, options, units, use_bias)
            if total is not None:
                add = keras.layers.Add(dtype=self.dtype, name=f"add_{name}")
                encoded = add([total, encoded])
            total = encoded
        return total

    def _encode_pair(self, name, options, units, use_bias):
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
        return CategoricalEmbedding(sizes, units, dtype=self.dtype, name=label)(pairs)
